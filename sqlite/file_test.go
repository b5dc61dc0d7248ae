package sqlite_test

import (
	"bytes"
	"cmp"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/sqlite"
)

// madeStore makes a closed store with a few hundred events and returns its file.
func madeStore(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "log.db")
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		if o := s.Append(t.Context(), childAppend("made", 0, n)); o[0].Err != nil {
			t.Fatal(o[0].Err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// alter runs SQL on a file as some other program would.
func alter(t testing.TB, file string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// write replaces a file.
func write(t testing.TB, file string, content []byte) {
	t.Helper()
	if err := os.WriteFile(file, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestHostileFiles(t *testing.T) {
	tests := []struct {
		name   string
		make   func(t *testing.T, file string) // given a good store
		want   string                          // in the error of Open
		reader string                          // in the error of OpenReader, if it differs; "-" for no error
	}{
		{"text", func(t *testing.T, f string) { write(t, f, []byte(strings.Repeat("Dear diary, ", 1000))) }, "not an SQLite database", ""},
		{"short text", func(t *testing.T, f string) { write(t, f, []byte("hi")) }, "not an SQLite database", ""},
		{"header only", func(t *testing.T, f string) { write(t, f, read(t, f)[:100]) }, "damaged", ""},
		{"first page only", func(t *testing.T, f string) { write(t, f, read(t, f)[:4096]) }, "damaged", ""},
		{"half", func(t *testing.T, f string) { write(t, f, read(t, f)[:len(read(t, f))/2]) }, "damaged", ""},
		{"garbage behind the header", func(t *testing.T, f string) {
			b := read(t, f)
			copy(b[100:], bytes.Repeat([]byte{0xa5}, len(b)-100))
			write(t, f, b)
		}, "damaged", ""},
		{"directory", func(t *testing.T, f string) { mustBe(t, os.Remove(f)); mustBe(t, os.Mkdir(f, 0o777)) }, "is a directory", ""},
		{"another application", func(t *testing.T, f string) { alter(t, f, "PRAGMA application_id = 1") }, "another application", ""},
		{"an application that says nothing", func(t *testing.T, f string) {
			mustBe(t, os.Remove(f))
			alter(t, f, "CREATE TABLE events (x)")
		}, "another application", ""},
		{"newer", func(t *testing.T, f string) { alter(t, f, "PRAGMA user_version = 99") }, "layout 99", ""},
		{"no layout", func(t *testing.T, f string) { alter(t, f, "PRAGMA user_version = 0") }, "layout 0", ""},
		{"another migration", func(t *testing.T, f string) { alter(t, f, "UPDATE migrations SET checksum = 'x'") }, "migration 1", ""},
		{"one migration more", func(t *testing.T, f string) {
			alter(t, f, "INSERT INTO migrations VALUES (99, '0099_more.sql', 'x', 0)")
		}, "0099_more.sql", ""},
		{"no migrations", func(t *testing.T, f string) { alter(t, f, "DELETE FROM migrations") }, "lists 0 migrations", ""},
		{"no list of migrations", func(t *testing.T, f string) { alter(t, f, "DROP TABLE migrations") }, "no list of migrations", ""},
		{"no id", func(t *testing.T, f string) { alter(t, f, "DELETE FROM log") }, "no id", ""},
		{"no events table", func(t *testing.T, f string) { alter(t, f, "DROP TABLE events") }, "no such table", ""},
		{"read-only", func(t *testing.T, f string) { mustBe(t, os.Chmod(f, 0o444)) }, "read-only", "-"},
		{"log of a database that is gone", func(t *testing.T, f string) {
			mustBe(t, os.Remove(f))
			write(t, f+"-wal", []byte("something"))
		}, "missing or empty", ""},
		{"no such directory", func(t *testing.T, f string) { mustBe(t, os.RemoveAll(filepath.Dir(f))) }, "make it first", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file := madeStore(t)
			mustBe(t, os.Remove(file+".lock"))
			test.make(t, file)
			before, _ := os.ReadFile(file)

			s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
			if err == nil {
				s.Close()
			}
			wantError(t, "open", err, test.want)
			r, err := sqlite.OpenReader(t.Context(), file)
			if err == nil {
				r.Close()
			}
			if test.reader != "-" {
				wantError(t, "open reader", err, cmp.Or(test.reader, test.want))
			} else if err != nil {
				t.Errorf("open reader: %v", err)
			}
			if after, _ := os.ReadFile(file); !bytes.Equal(before, after) {
				t.Error("the file was written to")
			}
			if _, err := os.Stat(file + ".lock"); err == nil {
				t.Error("a lock file was left beside a file that is not ours")
			}
		})
	}
}

func mustBe(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, what string, err error, text string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("%s: got error %v, want one with %q", what, err, text)
	}
}

func TestOpenEmptyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	write(t, file, nil)
	if _, err := sqlite.OpenReader(t.Context(), file); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("open reader of an empty file: %v", err)
	}
	write(t, file+".new", []byte("left by a process that was killed"))
	openStore(t, file)
}

func TestOpenWithoutName(t *testing.T) {
	_, err := sqlite.Open(t.Context(), "", sqlite.Options{})
	wantError(t, "open", err, "no file name")
	_, err = sqlite.OpenReader(t.Context(), "")
	wantError(t, "open reader", err, "no file name")
}

// A copy made by VACUUM INTO is not in WAL mode.
func TestOpenVacuumedCopy(t *testing.T) {
	file := madeStore(t)
	alter(t, file, "VACUUM INTO '"+file+".copy'")
	original, backup := openStore(t, file), openStore(t, file+".copy")
	if original.LogID() != backup.LogID() {
		t.Error("a copy has another log id")
	}
	if o := backup.Append(t.Context(), childAppend("later", 0, 0)); o[0].Err != nil {
		t.Error(o[0].Err)
	}
}

func TestReopen(t *testing.T) {
	file := madeStore(t)
	s := openStore(t, file)
	head, err := s.Head(t.Context())
	if err != nil || head != 250 {
		t.Fatalf("head is %d, %v", head, err)
	}
	id := s.LogID()
	again := childAppend("made", 0, 98) // with a command id
	first := s.Append(t.Context(), again)[0]
	mustBe(t, first.Err)
	mustBe(t, s.Close())
	for _, leftover := range []string{"-wal", "-shm", ".new"} {
		if _, err := os.Stat(file + leftover); err == nil {
			t.Errorf("%s is left after a polite end", leftover)
		}
	}
	s = openStore(t, file)
	if s.LogID() != id {
		t.Errorf("log id was %s and is %s", id, s.LogID())
	}
	if o := s.Append(t.Context(), again)[0]; o != first {
		t.Errorf("G6: the same command after a restart: %+v, want %+v", o, first)
	}
	if o := s.Append(t.Context(), childAppend("new", 0, 0))[0]; o.Receipt.First != 251 {
		t.Errorf("first append after a restart: %+v", o)
	}
}
