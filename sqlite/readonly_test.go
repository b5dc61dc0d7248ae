package sqlite_test

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// folder returns all files in the folder of a file with their contents.
func folder(t *testing.T, file string) map[string][]byte {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(file))
	mustBe(t, err)
	all := map[string][]byte{}
	for _, e := range entries {
		all[e.Name()] = read(t, filepath.Join(filepath.Dir(file), e.Name()))
	}
	return all
}

// count reads the whole log.
func count(t *testing.T, r *sqlite.Reader) (events int) {
	t.Helper()
	for rec, err := range r.Log(t.Context(), 0) {
		mustBe(t, err)
		if events++; int(rec.Position) != events {
			t.Fatalf("position %d comes as number %d", rec.Position, events)
		}
	}
	return events
}

// TestReaderLeavesNoTrace: a reader changes neither the file nor its folder, in
// any state in which a server may have left it.
func TestReaderLeavesNoTrace(t *testing.T) {
	live := filepath.Join(t.TempDir(), "log.db")
	mustBe(t, openStore(t, live).Append(t.Context(), childAppend("w", 0, 1))[0].Err)
	copied := func(ends ...string) string {
		file := filepath.Join(t.TempDir(), "log.db")
		for _, end := range ends {
			write(t, file+end, read(t, live+end))
		}
		return file
	}
	odd := filepath.Join(t.TempDir(), "a space in ? %41")
	write(t, odd, read(t, madeStore(t)))
	emptyLog := madeStore(t)
	write(t, emptyLog+"-wal", nil)
	for name, test := range map[string]struct {
		file string
		want int
	}{
		"closed":               {madeStore(t), 250},
		"a server runs":        {live, 2},
		"a server was killed":  {copied("", "-wal", "-shm"), 2},
		"an empty log is left": {emptyLog, 250},
		"a name as of a URI":   {odd, 250},
	} {
		t.Run(name, func(t *testing.T) {
			before := folder(t, test.file)
			r, err := sqlite.OpenReader(t.Context(), test.file)
			mustBe(t, err)
			if n := count(t, r); n != test.want {
				t.Errorf("read %d events, want %d", n, test.want)
			}
			mustBe(t, r.Close())
			after := folder(t, test.file)
			if !slices.Equal(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(after))) {
				t.Errorf("there are %v, there were %v", slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)))
			}
			for end, was := range before {
				if name == "a server runs" && filepath.Ext(end) == ".db-shm" { // readers are recorded there
					continue
				}
				if !bytes.Equal(after[end], was) {
					t.Errorf("%s was written to", end)
				}
			}
		})
	}
}

// A copy that took the write-ahead log without its index cannot be read without
// making one.
func TestReaderMakesNoIndex(t *testing.T) {
	live := filepath.Join(t.TempDir(), "log.db")
	mustBe(t, openStore(t, live).Append(t.Context(), childAppend("w", 0, 1))[0].Err)
	file := filepath.Join(t.TempDir(), "log.db")
	write(t, file, read(t, live))
	write(t, file+"-wal", read(t, live+"-wal"))
	before := folder(t, file)
	_, err := sqlite.OpenReader(t.Context(), file)
	wantError(t, "open reader", err, "start a server on this copy once")
	if len(folder(t, file)) != len(before) {
		t.Error("a file was made")
	}
}

// A reader that opened a file without a server sees what a server that starts
// later does.
func TestReaderSeesAServerStart(t *testing.T) {
	file := madeStore(t)
	r, err := sqlite.OpenReader(t.Context(), file)
	mustBe(t, err)
	defer r.Close()
	if n := count(t, r); n != 250 {
		t.Fatalf("read %d events, want 250", n)
	}
	s := openStore(t, file)
	for i := range 3 {
		mustBe(t, s.Append(t.Context(), childAppend("later", 0, i))[0].Err)
		head, err := s.Head(t.Context())
		mustBe(t, err)
		if n := count(t, r); n != int(head) {
			t.Errorf("read %d events beside the server, want %d", n, head)
		}
	}
	mustBe(t, s.Close())
	if n := count(t, r); n <= 250 {
		t.Errorf("read %d events after the server stopped", n)
	}
	opened := openStore(t, file)
	mustBe(t, opened.Append(t.Context(), childAppend("last", 0, 1))[0].Err)
	head, err := opened.Head(t.Context())
	mustBe(t, err)
	if n := count(t, r); n != int(head) {
		t.Errorf("read %d events beside the second server, want %d", n, head)
	}
}

func TestReaderListsShapes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	for _, shape := range []string{"b", "a"} {
		mustBe(t, s.Append(t.Context(), ironstar.Append{
			Stream: ironstar.Stream{Kind: "k." + shape, ID: "1"},
			Events: []ironstar.Proposed{{Type: "E", SchemaVersion: 2, Shape: shape, Payload: []byte("{}")}},
		})[0].Err)
	}
	r, err := sqlite.OpenReader(t.Context(), file)
	mustBe(t, err)
	defer r.Close()
	got, err := r.Shapes(t.Context())
	mustBe(t, err)
	if len(got) != 2 || got[0].Kind != "k.a" || got[0].Hash != "a" || got[1].Kind != "k.b" || got[1].SchemaVersion != 2 {
		t.Errorf("got %+v", got)
	}
}
