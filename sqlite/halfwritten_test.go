package sqlite_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/sqlite"
)

// halfWritten makes a log that a program left in the middle of a write, with a
// journal that SQLite rolls back. It runs statements before that.
func halfWritten(t *testing.T, statements ...string) string {
	t.Helper()
	source := filepath.Join(t.TempDir(), "source.db")
	vacuumed(t, madeStore(t), source) // such a journal needs a file that is not in WAL mode
	alter(t, source, statements...)
	db, err := sql.Open("sqlite", source)
	mustBe(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, s := range []string{
		"PRAGMA cache_size = 1", // so that pages reach the file before the end
		"BEGIN IMMEDIATE",
		"DROP TRIGGER events_no_update",
		"UPDATE events SET payload = payload || hex(zeroblob(1000))",
	} {
		_, err := db.Exec(s)
		mustBe(t, err)
	}
	file := filepath.Join(t.TempDir(), "log.db")
	for _, end := range []string{"", "-journal"} {
		write(t, file+end, read(t, source+end))
	}
	return file
}

func TestHalfWrittenIsRolledBack(t *testing.T) {
	file := halfWritten(t)
	_, err := sqlite.OpenReader(t.Context(), file)
	wantError(t, "open reader", err, "start the server once")
	s := openStore(t, file)
	if head, err := s.Head(t.Context()); err != nil || head != 250 {
		t.Errorf("head is %d, %v", head, err)
	}
	for rec, err := range s.Log(t.Context(), 0) {
		mustBe(t, err)
		if bytes.Contains(rec.Payload, []byte("0000000000")) {
			t.Fatalf("half a write is in the log: %s", rec.Payload)
		}
	}
	opensAgainAfter(t, s, file)
}

// opensAgainAfter closes a store first.
func opensAgainAfter(t *testing.T, s *sqlite.Store, file string) {
	t.Helper()
	mustBe(t, s.Close())
	opensAgain(t, file)
}

// Whether a file belongs to another program is checked before anything is
// rolled back.
func TestHalfWrittenFileOfAnotherProgramIsNotChanged(t *testing.T) {
	for want, statement := range map[string]string{
		"another application": "PRAGMA application_id = 1",
		"layout 99":           "PRAGMA user_version = 99",
	} {
		t.Run(want, func(t *testing.T) {
			file := halfWritten(t, statement)
			before, journal := read(t, file), read(t, file+"-journal")
			_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
			wantError(t, "open", err, want)
			if !bytes.Equal(read(t, file), before) || !bytes.Equal(read(t, file+"-journal"), journal) {
				t.Error("the file was written to")
			}
			if _, err := os.Stat(file + ".lock"); err == nil {
				t.Error("a lock file was left beside a file that is not ours")
			}
		})
	}
}

// What the header does not show is checked after the rollback.
func TestHalfWrittenIsChecked(t *testing.T) {
	file := halfWritten(t, "UPDATE migrations SET checksum = 'x'")
	_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	wantError(t, "open", err, "migration 1")
}

// The rollback journal of a removed file would be rolled back into a new one.
func TestJournalOfAFileThatIsGone(t *testing.T) {
	file := halfWritten(t)
	mustBe(t, os.Remove(file))
	_, err := sqlite.Open(t.Context(), file, sqlite.Options{})
	wantError(t, "open", err, "move that file away")
	mustBe(t, os.Remove(file+"-journal"))
	openStore(t, file)
}

// Files that may be next to a database after a crash, or after an incomplete
// copy.
func TestLeftovers(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "whole.db")
	s := openStore(t, whole)
	if o := s.Append(t.Context(), childAppend("first", 0, 1))[0]; o.Err != nil {
		t.Fatal(o.Err)
	}
	garbage := bytes.Repeat([]byte("left by another life "), 2000)
	for _, ends := range []string{"log only", "-shm", "-shm as garbage", ".new .new-journal .new-wal .new-shm", ".lock", ".lock .new -shm"} {
		t.Run(ends, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "log.db")
			for _, end := range []string{"", "-wal"} { // the append is in the latter
				write(t, file+end, read(t, whole+end))
			}
			for end := range strings.FieldsSeq(ends) {
				switch {
				case ends == "-shm":
					write(t, file+end, read(t, whole+end))
				case end[0] == '-' || end[0] == '.':
					write(t, file+end, garbage)
				}
			}
			opened := openStore(t, file)
			if head, err := opened.Head(t.Context()); err != nil || head != 2 {
				t.Errorf("head is %d, %v, want 2", head, err)
			}
			opensAgainAfter(t, opened, file)
		})
	}
}
