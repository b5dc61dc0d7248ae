package querytest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"ironstar.dev"
	"ironstar.dev/query"
)

func testMoved(s *suite) {
	t := s.open()
	defer s.close(t)
	s.feed(t, sales(0, 5))
	for _, b := range []*query.Batch{sales(0, 6), sales(4, 6), sales(6, 7), sales(0, 5)} {
		if err := t.Feed(s.ctx, b); !errors.Is(err, query.ErrMoved) {
			s.Errorf("feed from %d at 5: got %v, want an error that wraps ErrMoved", b.After, err)
		}
		if p := s.counted(t); p != 5 {
			s.Errorf("the checkpoint moved to %d", p)
		}
	}
	s.feed(t, &query.Batch{After: 5, Upto: 5, Proof: proof(5)})
	s.feed(t, sales(5, 6))
	s.counted(t)
}

func testReopened(s *suite) {
	p := ironstar.Position(0)
	for range 4 {
		t := s.open()
		if at := s.counted(t); at != p {
			s.Errorf("opened at %d, want %d", at, p)
		}
		s.feed(t, sales(p, p+100))
		p += 100
		s.close(t)
	}
}

func testNotBelieved(s *suite) {
	other := set()
	other.Fingerprint = "second"
	wider := set()
	wider.Fingerprint = "third"
	wider.Aggregates[0].Tables[0].Columns = append(wider.Aggregates[0].Tables[0].Columns, column("more", ironstar.TextColumn))
	for name, o := range map[string]query.OpenOptions{
		"another fingerprint": options(s.dir, other, "log"),
		"other columns":       options(s.dir, wider, "log"),
		"another log":         options(s.dir, set(), "log 2"),
		"made again":          {Again: true},
	} {
		t := s.open()
		if s.counted(t) == 0 {
			s.feed(t, sales(0, 20))
		}
		s.close(t)
		if o.Again {
			o = options(s.dir, set(), "log")
			o.Again = true
		}
		t, err := s.Engine.Open(s.ctx, o)
		if err != nil {
			s.Fatalf("%s: %v", name, err)
		}
		if p := s.counted(t); p != 0 {
			s.Errorf("%s: opened at %d, want empty tables", name, p)
		}
		s.close(t)
	}
}

// files lists what the engine has in its folder.
func (s *suite) files() (names []string) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		s.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// path is the file of the tables.
func (s *suite) path() string {
	for _, name := range s.files() {
		if name == "shop."+s.Engine.Name() {
			return filepath.Join(s.dir, name)
		}
	}
	s.Fatalf("there is no file shop.%s, only %s", s.Engine.Name(), strings.Join(s.files(), ", "))
	return ""
}

// testDamaged: a file that was changed is not believed, whether it was closed or not.
func testDamaged(s *suite) {
	overwrite := func(from, to float64) func([]byte) []byte {
		return func(b []byte) []byte {
			for i := int(from * float64(len(b))); i < int(to*float64(len(b))); i++ {
				b[i] ^= 0x55
			}
			return b
		}
	}
	for name, damage := range map[string]func([]byte) []byte{
		"empty":            func([]byte) []byte { return nil },
		"cut off":          func(b []byte) []byte { return b[:len(b)/2] },
		"cut off by one":   func(b []byte) []byte { return b[:len(b)-1] },
		"a few bytes":      func(b []byte) []byte { return b[:40] },
		"a text":           func([]byte) []byte { return []byte("this is a text\n") },
		"all overwritten":  overwrite(0, 1),
		"the middle":       overwrite(0.4, 0.6),
		"the end":          overwrite(0.9, 1),
		"one byte":         func(b []byte) []byte { b[len(b)*3/4] ^= 1; return b },
		"bytes at the end": func(b []byte) []byte { return append(b, make([]byte, 10_000)...) },
	} {
		t := s.open()
		if s.counted(t) == 0 {
			s.feed(t, sales(0, 500))
		}
		s.close(t)
		b, err := os.ReadFile(s.path())
		if err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(s.path(), damage(b), 0o600); err != nil {
			s.Fatal(err)
		}
		s.notBelieved(name)
	}
}

// notBelieved opens a damaged file: it has nothing, says that it is damaged when it is
// asked, or has everything that it should have.
func (s *suite) notBelieved(name string) {
	s.Helper()
	t, err := s.Engine.Open(s.ctx, options(s.dir, set(), "log"))
	if err != nil {
		s.Fatalf("%s: open: %v", name, err)
	}
	q := question("SELECT sum(units) AS n FROM " + sold)
	q.Columns[0] = optional(q.Columns[0])
	rows, p, err := s.ask(t, q)
	s.close(t)
	switch {
	case errors.Is(err, query.ErrDamaged):
		o := options(s.dir, set(), "log")
		o.Again = true
		if t, err = s.Engine.Open(s.ctx, o); err != nil {
			s.Fatalf("%s: made again: %v", name, err)
		}
		if p := s.counted(t); p != 0 {
			s.Errorf("%s: made again at %d", name, p)
		}
		s.close(t)
	case err != nil:
		s.Errorf("%s: %v", name, err)
	case p == 0 && rows[0][0] == nil, p == 500 && rows[0][0] == int64(500*3):
	default:
		s.Errorf("%s: believed at %d, with a sum of %v", name, p, rows[0][0])
	}
}

// testSomethingElse: what is not a file of tables is not removed.
func testSomethingElse(s *suite) {
	path := filepath.Join(s.dir, "shop."+s.Engine.Name())
	if err := os.MkdirAll(filepath.Join(path, "inside"), 0o700); err != nil {
		s.Fatal(err)
	}
	if t, err := s.Engine.Open(s.ctx, options(s.dir, set(), "log")); err == nil {
		s.close(t)
		s.Error("a folder was opened as a file")
	}
	if _, err := os.Stat(filepath.Join(path, "inside")); err != nil {
		s.Errorf("the folder was changed: %v", err)
	}
	o := options(filepath.Join(s.dir, "missing"), set(), "log")
	if t, err := s.Engine.Open(s.ctx, o); err == nil {
		s.close(t)
		s.Error("a folder that does not exist was accepted")
	}
}
