package sqlite

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"testing"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
)

// firstLayout makes a file as programs made it before there were snapshots, with
// one event.
func firstLayout(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	c, err := zs.OpenConn(path, zs.OpenReadWrite|zs.OpenCreate)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	known, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	run := func(query string, args ...any) {
		t.Helper()
		if err := sqlitex.Execute(c, query, &sqlitex.ExecOptions{Args: args}); err != nil {
			t.Fatal(err)
		}
	}
	run(sqlCreateMigrations)
	if err := sqlitex.ExecuteScript(c, known[0].sql, nil); err != nil {
		t.Fatal(err)
	}
	run(sqlInsertMigration, 1, known[0].name, known[0].checksum, 0)
	run(sqlInsertLog, "the log", 0)
	run(fmt.Sprintf("PRAGMA application_id = %d", applicationID))
	run("PRAGMA user_version = 1")
	run(`INSERT INTO events VALUES (1, 'k', 'a', 1, 'Added', 1, '{}', '{}', 0, 0)`)
	if err := journalMode.apply(c); err != nil {
		t.Fatal(err)
	}
	return path
}

// events counts the events that are read without an error.
func events(t *testing.T, log iter.Seq2[*ironstar.Record, error], want int) {
	t.Helper()
	n := 0
	for _, err := range log {
		if err != nil {
			t.Error(err)
			return
		}
		n++
	}
	if n != want {
		t.Errorf("read %d events, want %d", n, want)
	}
}

// TestFileBeforeSnapshots: a reader finds no snapshots in an older file. A
// server adds the tables and keeps the content.
func TestFileBeforeSnapshots(t *testing.T) {
	path := firstLayout(t)
	none := func(name string, from ironstar.SnapshotReader) {
		t.Helper()
		_, there, err := from.Checkpoint(t.Context(), "v", "1")
		if there || err != nil {
			t.Errorf("%s: a checkpoint: %v, %v", name, there, err)
		}
		if _, there, err = from.Snapshot(t.Context(), "v", "1", "k"); there || err != nil {
			t.Errorf("%s: a snapshot: %v, %v", name, there, err)
		}
		for row, err := range from.Snapshots(t.Context(), "v", "1") {
			t.Errorf("%s: snapshots: %v, %v", name, row, err)
		}
	}
	reader, err := OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	none("reader", reader)
	events(t, reader.Log(t.Context(), 0), 1)
	beside, err := OpenStandby(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	none("beside", beside)
	events(t, beside.Log(t.Context(), 0), 1)
	if err := beside.SaveSnapshots(t.Context()); !errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("saved beside the owner: %v", err)
	}
	beside.Close()

	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	none("store", s)
	events(t, s.Log(t.Context(), 0), 1)
	events(t, reader.Log(t.Context(), 0), 1)
	if head, err := s.Head(t.Context()); head != 1 || err != nil || s.LogID() != "the log" {
		t.Errorf("log %s has head %d, %v", s.LogID(), head, err)
	}
	row := ironstar.Snapshot{Name: "v", Fingerprint: "1", Key: "k", Position: 1, Changed: 1, State: []byte("s")}
	if err := s.SaveSnapshots(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]ironstar.SnapshotReader{"store": s, "reader": reader} {
		if _, there, err := from.Snapshot(t.Context(), "v", "1", "k"); !there || err != nil {
			t.Errorf("%s, when there is one: %v, %v", name, there, err)
		}
	}
}

// TestOldLayoutIsCheckedAfterTakeOver: the connections that read were opened before
// there were checksums in the file.
func TestOldLayoutIsCheckedAfterTakeOver(t *testing.T) {
	s, err := OpenStandby(t.Context(), firstLayout(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.TakeOver(t.Context(), func(*LockedError) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if o := s.Append(t.Context(), one("b", 0))[0]; o.Err != nil {
		t.Fatal(o.Err)
	}
	events(t, s.Log(t.Context(), 0), 2)
	if err := sqlitex.ExecuteScript(s.writer.conn.Conn, "DROP TRIGGER events_no_update; UPDATE events SET payload = '[]' WHERE position = 2", nil); err != nil {
		t.Fatal(err)
	}
	for _, err = range s.Log(t.Context(), 0) {
	}
	if !errors.Is(err, ironstar.ErrDamaged) {
		t.Errorf("damage is not seen: %v", err)
	}
}

// TestBackgroundWorkLeavesTheWriterAsItWas: for each outcome of background
// work, it and the next append are synced (G1), and nothing of failed work is
// stored.
func TestBackgroundWorkLeavesTheWriterAsItWas(t *testing.T) {
	w := writerAlone(t)
	insert := func(key string) func(*writeConn) error {
		return func(c *writeConn) error {
			if got, err := queryText(c.Conn, "PRAGMA synchronous"); got != "2" || err != nil {
				t.Errorf("background work runs with synchronous %s, %v", got, err)
			}
			return sqlitex.Execute(c.Conn, `INSERT INTO checkpoints VALUES (?, '', 1, 1, x'')`, &sqlitex.ExecOptions{Args: []any{key}})
		}
	}
	failed := errors.New("made up")
	for _, c := range []struct {
		name string
		do   func(*writeConn) error
		want error
	}{
		{"one", insert("one"), nil},
		{"two", func(c *writeConn) error { return errors.Join(insert("two")(c), failed) }, failed},
		{"three", func(c *writeConn) error { return insert("one")(c) }, nil}, // a constraint
	} {
		err, _ := w.carryOut(&work{do: c.do})
		if c.want != nil && !errors.Is(err, c.want) || c.name == "three" && zs.ErrCode(err).ToPrimary() != zs.ResultConstraint || c.name == "one" && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if w.conn == nil {
			t.Fatalf("after %s the connection was dropped", c.name)
		}
		if got, err := queryText(w.conn.Conn, "PRAGMA synchronous"); got != "2" || err != nil {
			t.Errorf("after %s synchronous is %s, %v", c.name, got, err)
		}
		if !w.conn.AutocommitEnabled() {
			t.Errorf("after %s a transaction is open", c.name)
		}
	}
	if got, err := queryText(w.conn.Conn, "SELECT group_concat(name) FROM checkpoints"); got != "one" || err != nil {
		t.Errorf("stored: %s, %v", got, err)
	}
	w.closeConn()
	if err, _ := w.carryOut(&work{do: insert("four")}); !errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("without a connection: %v", err)
	}
}
