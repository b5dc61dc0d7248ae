package soak

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // an independent reader through database/sql

	"ironstar.dev/sqlite"
)

// file is the content of a database as an independent reader finds it.
type file struct {
	notes         []placed           // at positions 1, 2, 3 …
	appends       map[string]receipt // by command
	last          map[string]placed  // by stream
	versions      map[string][]int64 // by stream: positions of its events
	checkedStates map[string][]point // by view and key
	snapshots     int                // number of snapshots
}

// placed is a note with its position.
type placed struct {
	stream             string
	position, sequence int64
	noted
	command string // id of the command
	final   bool
}

// point is the state of a key of a view since a position.
type point struct {
	at    int64
	state folded
}

// readOnly returns the data source name of a file that exists: its path may
// contain a # or another character that has a meaning in a URI.
func readOnly(path string) string {
	return (&url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro&_pragma=busy_timeout(5000)"}).String()
}

// TestReadFileOfAnyName reads a file whose path has characters of URIs.
func TestReadFileOfAnyName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a#b?c%20")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "log.db")
	store, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	readFile(t, path)
}

// readFile reads a whole file and reports everything in it that is impossible,
// regardless of the output.
func readFile(t testing.TB, path string) *file {
	t.Helper()
	db, err := sql.Open("sqlite", readOnly(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if s := one(t, db, `PRAGMA integrity_check`); s != "ok" {
		t.Errorf("integrity check: %s", s)
	}
	f := &file{appends: map[string]receipt{}, last: map[string]placed{}, versions: map[string][]int64{}, checkedStates: map[string][]point{}}
	if err := db.QueryRow(`SELECT count(*) FROM snapshots`).Scan(&f.snapshots); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`SELECT position, aggregate_id, sequence, payload, coalesce(metadata->>'command', ''), final FROM events ORDER BY position`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var p placed
		var payload string
		if err := rows.Scan(&p.position, &p.stream, &p.sequence, &payload, &p.command, &p.final); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(payload), &p.noted); err != nil {
			t.Errorf("position %d: %v", p.position, err)
		}
		f.add(t, p)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	f.checkComplete(t)
	f.commands(t, db)
	return f
}

// add adds the next note and checks that it follows the ones before it (G3,
// G4).
func (f *file) add(t testing.TB, p placed) {
	t.Helper()
	if p.position != int64(len(f.notes))+1 {
		t.Errorf("position %d follows %d", p.position, len(f.notes))
	}
	before := f.last[p.stream]
	switch {
	case p.sequence != before.sequence+1:
		t.Errorf("position %d: event %d of %s follows %d", p.position, p.sequence, p.stream, before.sequence)
	case before.final:
		t.Errorf("position %d: %s was final", p.position, p.stream)
	case int64(p.After) != before.sequence:
		t.Errorf("position %d: %s was decided after %d events of %s and stored after %d", p.position, p.Cmd, p.After, p.stream, before.sequence)
	case p.final != p.Last:
		t.Errorf("position %d: final is %t, want %t", p.position, p.final, p.Last)
	}
	r, there := f.appends[p.Cmd]
	switch {
	case there && (r.last != p.position-1 || r.stream != p.stream || p.I == 0):
		t.Errorf("command %s has event %d at %d and others at %d to %d: it took effect twice, or in parts", p.Cmd, p.I, p.position, r.first, r.last)
	case !there && p.I != 0:
		t.Errorf("command %s begins with event %d of %d, at %d", p.Cmd, p.I, p.Of, p.position)
	case !there:
		r = receipt{stream: p.stream, first: p.position}
	}
	r.last, r.version = p.position, p.sequence
	f.appends[p.Cmd] = r
	f.notes = append(f.notes, p)
	f.last[p.stream] = p
	f.versions[p.stream] = append(f.versions[p.stream], p.position)
	for name, key := range map[string]string{"stream": p.stream, "all": "global", "region": p.Region} {
		for code := range generations {
			k := fmt.Sprint(code+1, " ", name, " ", key)
			state, _ := f.at(k, code+1, p.position)
			f.checkedStates[k] = append(f.checkedStates[k], point{p.position, state.fold(p.position, p.noted)})
		}
	}
}

// checkComplete checks that no append is stored partly (G2).
func (f *file) checkComplete(t testing.TB) {
	t.Helper()
	for cmd, r := range f.appends {
		if of := int64(f.notes[r.first-1].Of); r.last-r.first+1 != of {
			t.Errorf("command %s is stored at %d to %d and has %d events", cmd, r.first, r.last, of)
		}
	}
}

// commands checks that exactly the ids of stored commands are recorded (G6).
func (f *file) commands(t testing.TB, db *sql.DB) {
	t.Helper()
	rows, err := db.Query(`SELECT aggregate_id, command_id, first_position, last_position, version FROM commands`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	known := map[string]bool{}
	for rows.Next() {
		var id string
		var r receipt
		if err := rows.Scan(&r.stream, &id, &r.first, &r.last, &r.version); err != nil {
			t.Fatal(err)
		}
		known[id] = true
		if stored := f.appends[strings.TrimPrefix(id, "id ")]; stored != r {
			t.Errorf("command id %q has receipt %v, its events are at %v", id, r, stored)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, p := range f.notes {
		if p.command != "" && !known[p.command] {
			t.Errorf("position %d is of command id %q, which is not known", p.position, p.command)
		}
	}
}

// at returns the fold of all notes of a key up to a position, and the position
// of the last one.
func (f *file) at(k string, code int, position int64) (_ folded, changed int64) {
	points := f.checkedStates[k]
	for i := len(points) - 1; i >= 0; i-- {
		if points[i].at <= position {
			return points[i].state, points[i].at
		}
	}
	return folded{Hash: uint64(code)}, 0
}

// check compares a file with the output: acknowledged commands are stored (G1),
// refused ones are not, and what was shown is there (G4, G8).
func (s *transcript) check(t testing.TB, f *file) {
	t.Helper()
	for _, b := range s.forbidden {
		t.Errorf("it printed %s", b)
	}
	for cmd, want := range s.stored {
		if got := f.appends[cmd]; got != want {
			t.Errorf("command %s was acknowledged at %v and is stored at %v", cmd, want, got)
		}
	}
	for cmd := range s.not {
		if got, there := f.appends[cmd]; there {
			t.Errorf("command %s was denied and is stored at %v", cmd, got)
		}
	}
	for _, n := range s.nothings {
		at := f.versions[n.stream]
		if int64(len(at)) < n.version || n.version > 0 && at[n.version-1] != n.last || n.version == 0 && n.last != 0 {
			t.Errorf("command %s was answered at version %d, position %d of %s, which are not of one event", n.cmd, n.version, n.last, n.stream)
		}
		if got, there := f.appends[n.cmd]; there {
			t.Errorf("command %s had no events and is stored at %v", n.cmd, got)
		}
	}
	for at, stream := range s.seen {
		if at > int64(len(f.notes)) || f.notes[at-1].stream != stream {
			t.Errorf("an event of %s was seen at %d, which is not there", stream, at)
		}
	}
	for _, v := range s.viewStates {
		state, changed := f.at(fmt.Sprint(v.code, " ", v.name, " ", v.key), v.code, v.asOf)
		if v.asOf > int64(len(f.notes)) || changed != v.changed || fmt.Sprint(state) != v.state {
			t.Errorf("view %s %s showed %s, changed at %d, as of %d of %d; want %s, changed at %d", v.name, v.key, v.state, v.changed, v.asOf, len(f.notes), state, changed)
		}
	}
}

// one runs a query for one value.
func one(t testing.TB, db *sql.DB, query string) string {
	t.Helper()
	var s string
	if err := db.QueryRow(query).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}
