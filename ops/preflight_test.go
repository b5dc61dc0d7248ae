package ops_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/ops"
	"ironstar.dev/sqlite"
)

// event returns an event as another build would store it.
func event(name string, version int, payload string) ironstar.Proposed {
	shape := ""
	for _, s := range noteShapes {
		if s.Type == name && s.SchemaVersion == version {
			shape = s.Hash
		}
	}
	return ironstar.Proposed{Type: name, SchemaVersion: version, Shape: shape, Payload: []byte(payload)}
}

// store makes a database with a stream of events, and closes it.
func store(t testing.TB, kind string, events ...ironstar.Proposed) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "app.db")
	add(t, file, kind, events...)
	return file
}

func add(t testing.TB, file, kind string, events ...ironstar.Proposed) {
	t.Helper()
	addTo(t, file, ironstar.Stream{Kind: kind, ID: "one"}, events...)
}

// addTo adds a stream of events to a database.
func addTo(t testing.TB, file string, stream ironstar.Stream, events ...ironstar.Proposed) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if len(events) == 0 {
		return
	}
	if out := s.Append(t.Context(), ironstar.Append{Stream: stream, Events: events})[0]; out.Err != nil {
		t.Fatal(out.Err)
	}
}

// run runs a command line of the application for notes.
func run(t testing.TB, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = noteApp().Run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// printed is what --format json prints.
type printed struct {
	Problems []ops.Problem `json:"problems"`
	ops.Report
}

func report(t testing.TB, code int, args ...string) printed {
	t.Helper()
	got, stdout, stderr := run(t, append([]string{"preflight", "--format", "json"}, args...)...)
	if got != code || stderr != "" {
		t.Errorf("it ended with %d, want %d, and said %q", got, code, stderr)
	}
	var p printed
	d := json.NewDecoder(strings.NewReader(stdout))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("%v in %s", err, stdout)
	}
	return p
}

// everySort is a log with events of every sort.
func everySort(t testing.TB) string {
	file := store(t, noteKind,
		event("Written", 1, `{"text":"a"}`),
		event("Written", 1, `{"text":"b"}`),
		event("Written", 3, `{"text":"c"}`),
		event("Written", 2, `{"text":"d"}`),
		event("Recoloured", 1, `{}`),
		event("Recoloured", 2, `{}`),
		event("Seen", 1, `{}`),
		event("Burnt", 1, `{}`),
		event("Written", 3, `{"text":7}`),              // 9: does not decode
		event("Written", 2, `{"text":"panic"}`),        // 10: does not upcast
		event("Written", 1, `{"text":"far too long"}`), // 11: does not fit
		event("Written", 4, `{}`),                      // 12: of a newer build
		event("Torn", 1, `{}`),                         // 13: of a newer build
	)
	add(t, file, "test.Other", event("Made", 1, `{}`)) // 14
	return file
}

func TestPreflightOfEveryKindOfVersion(t *testing.T) {
	file := everySort(t)
	p := report(t, 1, "--db", file)
	var got []string
	for _, v := range p.Versions {
		got = append(got, strings.TrimSpace(fmt.Sprintln(v.Kind, v.Type, v.Version, "n", v.Count, v.First, v.Last,
			v.Reading, v.Steps, v.Becomes, v.Known, v.Unreadable, v.Unfit)))
	}
	want := []string{
		"test.Note Burnt 1 n 1 8 8 retired 0 [UpcastBurnt] [] 0 0",
		"test.Note Recoloured 1 n 1 5 5 retired 1 [Written.v1 Written.v3] [] 0 0",
		"test.Note Recoloured 2 n 1 6 6 retired 0 [Written.v1 Written.v3] [] 0 0",
		"test.Note Seen 1 n 1 7 7 forgotten 0 [] [] 0 0",
		"test.Note Torn 1 n 1 13 13 unknown 0 [] [] 1 0",
		"test.Note Written 1 n 3 1 11 lifted 2 [] [] 0 1",
		"test.Note Written 2 n 2 4 10 lifted 1 [] [] 1 0",
		"test.Note Written 3 n 2 3 9 current 0 [] [] 1 0",
		"test.Note Written 4 n 1 12 12 unknown 0 [] [1 2 3] 1 0",
		"test.Other Made 1 n 1 14 14 unknown 0 [] [] 1 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("versions:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	got = nil
	for _, f := range p.Problems {
		got = append(got, fmt.Sprintf("%d %s/%s %d %s.v%d %s: %s", f.Position, f.Kind, f.ID, f.Sequence, f.Type, f.Version, f.Problem, f.Reason))
	}
	want = []string{
		"9 test.Note/one 9 Written.v3 unreadable: json: cannot unmarshal number into Go struct field written.text of type string",
		"10 test.Note/one 10 Written.v2 unreadable: panic: an upcaster of ours",
		"11 test.Note/one 11 Written.v1 unfit: text: longer than 10",
		"12 test.Note/one 12 Written.v4 unknown: this build does not know Written.v4",
		"13 test.Note/one 13 Torn.v1 unknown: this build does not know Torn.v1",
		"14 test.Other/one 1 Made.v1 unknown: this build has no aggregate test.Other",
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if p.Events != 14 || p.Head != 14 || p.Unreadable != 5 || p.Unfit != 1 || p.Verdict != ops.VerdictStops || len(p.LogID) != 26 || p.Database != file {
		t.Errorf("the report is %+v", p.Report)
	}
	for _, v := range p.Views {
		if total := v.Name == "test.Total"; v.Events != 13 || !v.Stops || v.AtStart != total || v.Fingerprint != "fp-"+v.Name {
			t.Errorf("a view: %+v", v)
		}
	}
	if len(p.Views) != 2 || p.Rebuild.Seconds <= 0 || p.Rebuild.PerSecond <= 0 || p.Rebuild.Folded != 9 {
		t.Errorf("views %+v, rebuild %+v", p.Views, p.Rebuild)
	}
}

func TestPreflightText(t *testing.T) {
	file := everySort(t)
	code, stdout, stderr := run(t, "preflight", "-db", file, "--first", "2")
	if code != 1 || stderr != "" {
		t.Errorf("it ended with %d and said %q", code, stderr)
	}
	for _, want := range []string{
		"         9  test.Note/one, event 9, Written.v3: unreadable: json: cannot",
		"and 4 more; --all prints each",
		": 14 events, head 14\n",
		"EVENT                    COUNT  FIRST  LAST  THIS BUILD\n",
		"test.Note.Burnt.v1           1      8     8  retired: read as UpcastBurnt\n",
		"test.Note.Recoloured.v1      1      5     5  retired: lifted by 1 step, read as Written.v1, Written.v3\n",
		"test.Note.Seen.v1            1      7     7  retired: forgotten\n",
		"test.Note.Torn.v1            1     13    13  UNKNOWN: this build has no event Torn\n",
		"test.Note.Written.v1         3      1    11  lifted by 2 steps, to v3; 1 DO NOT FIT\n",
		"test.Note.Written.v3         2      3     9  current; 1 CANNOT BE READ\n",
		"test.Note.Written.v4         1     12    12  UNKNOWN: this build reads v1, v2, v3\n",
		"test.Other.Made.v1           1     14    14  UNKNOWN: this build has no aggregate test.Other\n",
		"test.Total  nothing       13  fp-test.Total  rebuilt\n",
		"This is an estimate",
		"5 events cannot be read. A server will refuse commands to their streams",
		"the keys of test.Page with these events stand still",
		"and test.Total stands still",
		"1 event can be read, but this build would not store such events",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it does not say %q:\n%s", want, stdout)
		}
	}
	for line := range strings.Lines(stdout) {
		if strings.TrimRight(line, " \n") != strings.TrimRight(line, "\n") {
			t.Errorf("%q ends with a space", line)
		}
	}
}

// TestPreflightNames: preflight prints as many problems as --first says, and counts
// all.
func TestPreflightNames(t *testing.T) {
	var events []ironstar.Proposed
	for range 1500 {
		events = append(events, event("Nope", 1, `{}`))
	}
	file := store(t, noteKind, events...)
	for flag, want := range map[string]int{"": 20, "--first=3": 3, "--first=0": 0, "--all": 1500} {
		args := []string{"--db", file}
		if flag != "" {
			args = append(args, flag)
		}
		if p := report(t, 1, args...); len(p.Problems) != want || p.Unreadable != 1500 {
			t.Errorf("%q names %d, counts %d, want %d", flag, len(p.Problems), p.Unreadable, want)
		}
	}
}

func TestPreflightOfShapes(t *testing.T) {
	changed := event("Written", 3, `{"text":"a"}`)
	changed.Shape = "of-another-life"
	file := store(t, noteKind, changed, event("Written", 2, `{"text":"b"}`))
	p := report(t, 1, "--db", file)
	want := ops.ShapeReport{Kind: noteKind, Type: "Written", Version: 3, Stored: "of-another-life", Build: "w3"}
	if len(p.Shapes) != 1 || p.Shapes[0] != want || p.Verdict != ops.VerdictRefuses {
		t.Errorf("got %+v, %s", p.Shapes, p.Verdict)
	}
	_, stdout, _ := run(t, "preflight", "--db", file)
	if !strings.Contains(stdout, "refuse to start") || !strings.Contains(stdout, "Put the change into a new version, or delete this development database") {
		t.Errorf("it says\n%s", stdout)
	}
	// A server does refuse to start.
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{Shapes: noteShapes})
	if err == nil {
		s.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "release it, or delete this development database") || !strings.Contains(err.Error(), "preflight") {
		t.Errorf("the server says %v", err)
	}
}

func TestPreflightOfNothing(t *testing.T) {
	p := report(t, 0, "--db", store(t, noteKind))
	if p.Verdict != ops.VerdictReady || p.Events != 0 || p.Head != 0 || p.Problems == nil || p.Versions == nil || p.Shapes == nil {
		t.Errorf("got %+v", p)
	}
	code, stdout, _ := run(t, "preflight", "--db", store(t, noteKind, event("Written", 3, `{"text":"a"}`)))
	if code != 0 || !strings.Contains(stdout, "can start and read all events") {
		t.Errorf("it ended with %d:\n%s", code, stdout)
	}
}

// TestPreflightPrintsNoControlSequences: the output has no control sequences, even if
// the name of an event has. The store refuses such names now, but older files may
// have them.
func TestPreflightPrintsNoControlSequences(t *testing.T) {
	file := store(t, noteKind, event("Good", 1, `{}`))
	db, err := zs.OpenConn(file)
	if err != nil {
		t.Fatal(err)
	}
	err = sqlitex.ExecuteScript(db, `DROP TRIGGER events_no_update;
		UPDATE events SET checksum = NULL, event_type = 'Bad' || char(27) || '[2J' || char(10) || 'Name';
		UPDATE log SET unchecked = 1;
		CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'stored events are never updated'); END;`, nil)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, stdout, _ := run(t, "preflight", "--db", file)
	if strings.ContainsRune(stdout, 0x1b) || !strings.Contains(stdout, "Bad\uFFFD[2J\uFFFDName") {
		t.Errorf("it says %q", stdout)
	}
}

// TestPreflightOfBrokenFiles: preflight prints the error, exits with code 2, and
// makes no file.
func TestPreflightOfBrokenFiles(t *testing.T) {
	good := store(t, noteKind, slices.Repeat([]ironstar.Proposed{event("Written", 3, `{"text":"a"}`)}, 400)...)
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		content []byte
		want    string
	}{
		"missing":       {nil, "there is no such file"},
		"empty":         {[]byte{}, "the file is empty"},
		"text":          {[]byte(strings.Repeat("Dear diary, ", 99)), "not an SQLite database"},
		"header":        {whole[:100], "damaged"},
		"half":          {whole[:len(whole)/2], "damaged"},
		"another's":     {patched(whole, 68, 0, 0, 0, 1), "another application"},
		"newer":         {patched(whole, 60, 0, 0, 0, 99), "layout 99"},
		"older":         {patched(whole, 60, 0, 0, 0, 0), "layout 0"},
		"bad in middle": {patched(whole, bytes.Index(whole, []byte(`{"text":"a"}`))&^4095, bytes.Repeat([]byte{0xa5}, 4096)...), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "app.db")
			if test.content != nil {
				if err := os.WriteFile(file, test.content, 0o666); err != nil {
					t.Fatal(err)
				}
			}
			saysTrouble(t, file, test.want)
			made, err := os.ReadDir(filepath.Dir(file))
			if err != nil || len(made) > 1 || len(made) == 1 && test.content == nil {
				t.Errorf("there are %v, %v", made, err)
			}
		})
	}
	t.Run("directory", func(t *testing.T) { saysTrouble(t, t.TempDir(), "is a directory") })
	t.Run("no folder", func(t *testing.T) {
		saysTrouble(t, filepath.Join(t.TempDir(), "no", "app.db"), "no such file or directory")
	})
	t.Run("no name", func(t *testing.T) { saysTrouble(t, "", "no file name") })
}

func patched(whole []byte, at int, with ...byte) []byte {
	b := bytes.Clone(whole)
	copy(b[at:], with)
	return b
}

func saysTrouble(t *testing.T, file, want string) {
	t.Helper()
	for _, format := range []string{"text", "json"} {
		code, _, stderr := run(t, "preflight", "--db", file, "--format", format)
		if code != 2 || !strings.Contains(stderr, want) || !strings.HasPrefix(stderr, "notes: ") || strings.Count(stderr, "\n") != 1 {
			t.Errorf("it ended with %d, want 2, and said %q, want %q", code, stderr, want)
		}
	}
}

func TestPreflightIsInterrupted(t *testing.T) {
	file := everySort(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := noteApp().Run(ctx, []string{"preflight", "--db", file}, &stdout, &stderr); code != 130 || stderr.String() != "notes: interrupted\n" {
		t.Errorf("it ended with %d and said %q", code, &stderr)
	}
}

// full is a writer that refuses every write.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestPreflightToAFullDisk(t *testing.T) {
	var stderr bytes.Buffer
	code := noteApp().Run(t.Context(), []string{"preflight", "--db", everySort(t)}, full{}, &stderr)
	if code != 2 || !strings.Contains(stderr.String(), "write the report") {
		t.Errorf("it ended with %d and said %q", code, &stderr)
	}
}
