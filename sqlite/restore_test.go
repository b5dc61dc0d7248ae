package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"

	modernc "modernc.org/sqlite"
)

// killed is a database of 250 events to which a process has added more, of which
// it was killed, and copies of the database.
type killed struct {
	file string
	head ironstar.Position

	cold   string // the file before that process
	vacuum string // made by VACUUM INTO while it ran
	backup string // made by SQLite's backup function while it ran
}

func killedServer(t *testing.T) killed {
	t.Helper()
	dir := t.TempDir()
	k := killed{file: madeStore(t), cold: filepath.Join(dir, "cold"), vacuum: filepath.Join(dir, "vacuum"), backup: filepath.Join(dir, "backup")}
	write(t, k.cold, read(t, k.file))
	cmd := childCommand(t, "some", k.file)
	out := &watched{line: make(chan struct{}), until: "done"}
	cmd.Stdout = out
	mustBe(t, cmd.Start())
	select {
	case <-out.line:
	case <-time.After(2 * time.Minute):
		t.Fatal("child does not get done")
	}
	vacuumed(t, k.file, k.vacuum)
	backUp(t, k.file, k.backup)
	mustBe(t, cmd.Process.Kill())
	cmd.Wait()
	k.head = 250 + 4*151
	return k
}

// backUp makes a copy with SQLite's backup function, as .backup of its shell does.
func backUp(t *testing.T, from, to string) {
	t.Helper()
	db, err := sql.Open("sqlite", from)
	mustBe(t, err)
	defer db.Close()
	c, err := db.Conn(t.Context())
	mustBe(t, err)
	defer c.Close()
	mustBe(t, c.Raw(func(driver any) error {
		b, err := driver.(interface {
			NewBackup(string) (*modernc.Backup, error)
		}).NewBackup(to)
		if err != nil {
			return err
		}
		if _, err := b.Step(-1); err != nil {
			return err
		}
		return b.Finish()
	}))
}

func remove(t *testing.T, file string, ends ...string) {
	t.Helper()
	for _, end := range ends {
		mustBe(t, os.RemoveAll(file+end))
	}
}

// TestG1_IncompleteRestore: what a killed server left is opened if it is
// complete, and otherwise refused with advice.
func TestG1_IncompleteRestore(t *testing.T) {
	all := []string{"-wal", "-shm", ".lock"}
	for name, test := range map[string]struct {
		put    func(t *testing.T, k killed)
		want   string // in the error, if it is refused
		wayOut func(t *testing.T, k killed)
		head   func(k killed) ironstar.Position // head of the opened log
	}{
		"nothing": {head: killed.all},
		"a shell has opened it": {
			put:  func(t *testing.T, k killed) { alter(t, k.file, "SELECT count(*) FROM events") },
			head: killed.all,
		},
		"the write-ahead log deleted": {
			put:    func(t *testing.T, k killed) { remove(t, k.file, "-wal", "-shm") },
			want:   "events are missing: the file ends at 250",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, ".lock") },
			head:   killed.before,
		},
		"all but the lock file deleted": {
			put:    func(t *testing.T, k killed) { remove(t, k.file, "", "-wal", "-shm") },
			want:   "is missing or empty",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, ".lock") },
			head:   func(killed) ironstar.Position { return 0 },
		},
		"the database deleted": {
			put:    func(t *testing.T, k killed) { remove(t, k.file, "") },
			want:   "move that file away",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   func(killed) ironstar.Position { return 0 },
		},
		"an older copy": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, k.cold)) },
			want:   "belongs to another state",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   killed.before,
		},
		"an older copy, without the log beside it": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, k.cold)); remove(t, k.file, "-wal", "-shm") },
			want:   "if this is a backup that shall be used as it is, delete",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, ".lock") },
			head:   killed.before,
		},
		"a copy by VACUUM INTO": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, k.vacuum)) },
			want:   "belongs to another",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   killed.all,
		},
		"a copy by VACUUM INTO, without a mark": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, k.vacuum)); remove(t, k.file, ".lock") },
			want:   "belongs to another",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   killed.all,
		},
		"a copy by the backup function": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, k.backup)) },
			want:   "belongs to another state",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   killed.all,
		},
		"another log": {
			put:    func(t *testing.T, k killed) { write(t, k.file, read(t, madeStore(t))) },
			want:   "belongs to another state",
			wayOut: func(t *testing.T, k killed) { remove(t, k.file, all...) },
			head:   killed.before,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := killedServer(t)
			if test.put != nil {
				test.put(t, k)
			}
			if test.want != "" {
				before := contentOf(k.file)
				for range 2 { // the second attempt has the same error
					_, err := sqlite.Open(t.Context(), k.file, sqlite.Options{})
					wantError(t, "open", err, test.want)
				}
				if r, err := sqlite.OpenReader(t.Context(), k.file); err == nil {
					r.Close()
					t.Error("a reader takes it for whole")
				}
				if contentOf(k.file) != before {
					t.Error("the file was written to")
				}
				test.wayOut(t, k)
			}
			head, err := openStore(t, k.file).Head(t.Context())
			if err != nil || head != test.head(k) {
				t.Errorf("the head is %d, %v; want %d", head, err, test.head(k))
			}
		})
	}
}

func (k killed) all() ironstar.Position    { return k.head }
func (k killed) before() ironstar.Position { return 250 }

func contentOf(file string) string {
	content, _ := os.ReadFile(file)
	return string(content)
}

// TestG1_CopiesAreOpened: a mark is a lower bound, so that copies which a
// tool makes at any time, without it, are opened.
func TestG1_CopiesAreOpened(t *testing.T) {
	k := killedServer(t)
	for _, copied := range []string{k.cold, k.vacuum, k.backup} {
		s, err := sqlite.Open(context.Background(), copied, sqlite.Options{})
		mustBe(t, err)
		mustBe(t, s.Append(t.Context(), childAppend("later", 0, 1))[0].Err)
		opensAgainAfter(t, s, copied)
	}
}
