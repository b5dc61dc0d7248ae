package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// wantDamaged checks that the error is ErrDamaged and not retryable.
func wantDamaged(t *testing.T, what string, err error) {
	t.Helper()
	if !errors.Is(err, ironstar.ErrDamaged) || errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("%s: got %v, want ErrDamaged and nothing else", what, err)
	}
}

func TestDamageIsNotRetryable(t *testing.T) {
	stream := func(n int) ironstar.Stream { return childAppend("made", 0, n).Stream }
	again := func(n int) ironstar.Append { return childAppend("made", 0, n) } // with a command id that was used
	behind := func(n int) ironstar.Append {
		a := childAppend("made", ironstar.Version(1+n%4), n)
		a.Metadata.CommandID = ""
		return a
	}
	type use func(s *sqlite.Store) error
	appending := func(a ironstar.Append) use {
		return func(s *sqlite.Store) error { return s.Append(t.Context(), a)[0].Err }
	}
	for name, c := range map[string]struct {
		damage func(file string)
		use    use
	}{
		"payload, stream": {changing(t, `UPDATE events SET payload = '{}' WHERE position = 3`), func(s *sqlite.Store) error {
			return lastError(s.Stream(t.Context(), stream(1), 0))
		}},
		"payload, log": {changing(t, `UPDATE events SET payload = '{}' WHERE position = 3`), func(s *sqlite.Store) error {
			return lastError(s.Log(t.Context(), 0))
		}},
		"command id, look-up": {changing(t, `UPDATE commands SET last_position = last_position + 1`), func(s *sqlite.Store) error {
			_, _, err := s.Command(t.Context(), stream(2), "command made.2", [32]byte{})
			return err
		}},
		"command id, append": {changing(t, `UPDATE commands SET request = randomblob(32)`), appending(again(2))},
		"index, append":      {zeroing(t, "sqlite_autoindex_events_1"), appending(behind(3))},
		"commands, append":   {zeroing(t, "commands"), appending(again(4))},
		"events, log":        {zeroing(t, "events"), func(s *sqlite.Store) error { return lastError(s.Log(t.Context(), 5)) }},
	} {
		t.Run(name, func(t *testing.T) {
			file := madeStore(t)
			c.damage(file)
			s, err := sqlite.Open(t.Context(), file, sqlite.Options{})
			if err != nil { // found even earlier
				wantDamaged(t, "open", err)
				return
			}
			defer s.Close()
			wantDamaged(t, name, c.use(s))
		})
	}
}

// changing changes a file with SQL, against its triggers.
func changing(t *testing.T, statement string) func(string) {
	return func(file string) { alter(t, file, "DROP TRIGGER events_no_update", statement) }
}

// zeroing overwrites the last pages of a table or index, which are not its root.
func zeroing(t *testing.T, name string) func(string) {
	return func(file string) {
		db, err := sql.Open("sqlite", file)
		mustBe(t, err)
		var root int64
		mustBe(t, db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = ?", name).Scan(&root))
		mustBe(t, db.Close())
		f, err := os.OpenFile(file, os.O_RDWR, 0)
		mustBe(t, err)
		defer f.Close()
		if name == "events" { // its head must be readable
			_, err = f.WriteAt(bytes.Repeat([]byte{0}, 4), (root-1)*4096+12)
		} else {
			_, err = f.WriteAt(make([]byte, 4096), (root-1)*4096)
		}
		mustBe(t, err)
	}
}

func lastError(records func(func(*ironstar.Record, error) bool)) (last error) {
	for _, err := range records {
		last = err
	}
	return last
}

// TestOldFilesAreReadWithoutChecksums: rows that were stored before there were
// checksums are read and counted as unchecked; later ones must have one.
func TestOldFilesAreReadWithoutChecksums(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	mustBe(t, s.Append(t.Context(), childAppend("old", 0, 2))[0].Err)
	mustBe(t, s.Close())
	head := 3
	alter(t, file, "DROP TRIGGER events_no_update",
		"UPDATE events SET checksum = NULL", "UPDATE commands SET checksum = NULL", "UPDATE shapes SET checksum = NULL",
		fmt.Sprintf("UPDATE log SET unchecked = %d", head))

	s = openStore(t, file)
	if err := lastError(s.Log(t.Context(), 0)); err != nil {
		t.Error(err)
	}
	first := s.Append(t.Context(), childAppend("old", 0, 2))[0]
	if first.Err != nil || first.Receipt.Last != ironstar.Position(head) {
		t.Errorf("a command of the old file again: %+v", first)
	}
	mustBe(t, s.Append(t.Context(), childAppend("new", 0, 0))[0].Err)
	mustBe(t, s.Close())
	if checked, damage := check(t, file); len(damage) > 0 || checked.Unchecked != ironstar.Position(head) {
		t.Errorf("checked %+v, damage %v", checked, damage)
	}
	alter(t, file, fmt.Sprintf("UPDATE events SET checksum = NULL WHERE position = %d", head+1))
	if _, damage := check(t, file); len(damage) != 1 {
		t.Errorf("a new event without a checksum: %v", damage)
	}
}
