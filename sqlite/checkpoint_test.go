package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/internal/broadcast"
)

// These tests are inside the package because a log of 64 MB would take long.

// logPages is the number of pages after which the logs of these tests are
// restarted.
const logPages = 100

// smallLog opens a store with a small write-ahead log.
func smallLog(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.writer.checkpointer.most.Store(logPages)
	return s
}

// write appends n events, one by one.
func (s *Store) write(t *testing.T, n int) {
	t.Helper()
	event := ironstar.Proposed{Type: "Added", SchemaVersion: 1, Payload: []byte(`"` + strings.Repeat("x", 200) + `"`)}
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: fmt.Sprint(int(head) + i)}, Events: []ironstar.Proposed{event}}
		if o := s.Append(t.Context(), a)[0]; o.Err != nil {
			t.Fatal(o.Err)
		}
	}
}

// logSize is how many pages the write-ahead log has room for.
func (s *Store) logSize() int { return int(size(s.writer.path+"-wal")) / pageSize }

// logPages is how many pages the log has.
func (s *Store) logPages() (int, error) {
	s.writer.turn.Lock()
	defer s.writer.turn.Unlock()
	pages, _, err := walCheckpoint(s.writer.conn.Conn, "NOOP")
	return pages, err
}

func TestLogIsBoundedWithoutReaders(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 500)
	if n := s.logSize(); n < logPages || n > 5*logPages {
		t.Errorf("the log has %d pages, want a little more than %d", n, logPages)
	}
}

func TestLogIsRestartedAfterManyBatches(t *testing.T) {
	s := smallLog(t, Options{})
	s.writer.checkpointer.most.Store(maxLogPages)
	s.write(t, maxLogBatches+100)
	pages, err := s.logPages()
	if err != nil || pages > 1000 {
		t.Errorf("after %d batches the log has %d pages, %v", maxLogBatches+100, pages, err)
	}
}

// While there is always a reader, SQLite by itself never restarts the log.
func TestLogIsBoundedWhileReadersOverlap(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 1)
	ctx, stop := context.WithCancel(t.Context())
	var begun broadcast.Broadcast // sent when a chunk begins
	var chunks atomic.Int64
	read := func(c *readConn) error {
		defer c.head.Reset()
		if _, err := c.head.Step(); err != nil { // its transaction lasts until it is reset
			return err
		}
		begun.Send()
		select {
		case <-begun.Next(): // the next one reads, too
		case <-time.After(5 * time.Millisecond): // chunks are short
		}
		return nil
	}
	var readers sync.WaitGroup
	for range s.reads.size {
		readers.Go(func() {
			for ctx.Err() == nil {
				if err := s.reads.chunk(ctx, read); err != nil && ctx.Err() == nil {
					t.Error(err)
					return
				}
				chunks.Add(1)
			}
		})
	}
	most := 0
	for n := 0; n < 15 || n < 300 && chunks.Load() < 100; n++ {
		s.write(t, 100)
		most = max(most, s.logSize())
	}
	stop()
	readers.Wait()
	if most > 8*logPages {
		t.Errorf("the log grew to %d pages, want %d and a few", most, logPages)
	}
	if chunks.Load() < 100 {
		t.Errorf("only %d chunks were read: the test tests nothing", chunks.Load())
	}
}

// A reader in another program cannot be avoided. It is logged once, and has no
// further effect after it ends.
func TestLogGrowsWhileAnotherProgramReads(t *testing.T) {
	var lines bytes.Buffer
	s := smallLog(t, Options{Logger: slog.New(slog.NewTextHandler(&lines, nil))})
	s.write(t, 1)
	other, err := zs.OpenConn(s.writer.path, zs.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	st := other.Prep(sqlHead)
	if _, err := st.Step(); err != nil {
		t.Fatal(err)
	}
	s.write(t, 1000)
	if n := s.logSize(); n < 4*logPages {
		t.Errorf("the log has %d pages: it was begun again under a reader", n)
	}
	if n := strings.Count(lines.String(), "level=WARN"); n != 1 || !strings.Contains(lines.String(), "end that program's transaction") {
		t.Errorf("told %d times: %s", n, &lines)
	}
	if err := st.Reset(); err != nil {
		t.Fatal(err)
	}
	s.write(t, 2000)
	pages, err := s.logPages()
	if err != nil || pages > 5*logPages {
		t.Errorf("after the reader has ended the log has %d pages, %v", pages, err)
	}
}

// A checkpoint that finds the log occupied learns nothing from it. It once took
// that for a log that was restarted, and logged its growth a second time.
func TestCheckpointWhileAnotherRuns(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 2)
	reader, err := zs.OpenConn(s.writer.path, zs.OpenReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	st := reader.Prep(sqlHead)
	if _, err := st.Step(); err != nil {
		t.Fatal(err)
	}
	s.write(t, 2)
	other, err := zs.OpenConn(s.writer.path, zs.OpenReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetBlockOnBusy()
	enough := make(chan struct{})
	other.SetInterrupt(enough)
	var running sync.WaitGroup
	running.Go(func() { walCheckpoint(other, "RESTART") }) // waits for the reader, and others for it
	defer running.Wait()
	defer close(enough)
	w := writerAlone(t)
	w.path = s.writer.path
	k := w.checkpointer
	defer k.close()
	for pages := 0; pages >= 0; time.Sleep(time.Millisecond) {
		k.last, k.logged = 1000, true
		if err := w.checkpoint(nil); err != nil {
			t.Fatal(err)
		}
		if pages, _, err = k.step(); err != nil {
			t.Fatal(err)
		}
	}
	k.last, k.logged = 1000, true
	if err := w.checkpoint(nil); err != nil || k.last != 1000 || !k.logged {
		t.Errorf("a log of %d pages, its growth is logged: %t, %v", k.last, k.logged, err)
	}
}

// A checkpoint that fails is logged, and the next one does its work.
func TestCheckpointFails(t *testing.T) {
	w := writerAlone(t)
	defer w.checkpointer.close()
	path, never := w.path, make(chan struct{})
	w.path = filepath.Join(t.TempDir(), "none.db")
	if err := w.checkpoint(never); err == nil {
		t.Error("a file that is not there was copied to")
	}
	w.path = path
	stopping := make(chan struct{})
	close(stopping)
	if err := w.checkpoint(stopping); !errors.Is(err, errStopping) {
		t.Errorf("while the store closes: %v", err)
	}
	w.checkpointer.close()
	if err := w.checkpoint(never); err != nil {
		t.Error(err)
	}
	if pages, copied, err := walCheckpoint(w.conn.Conn, "NOOP"); pages != copied || err != nil {
		t.Errorf("%d of %d pages are copied, %v", copied, pages, err)
	}
}

// Before 3.51.3, a checkpoint on one connection while another began the log again
// could corrupt the file (https://sqlite.org/wal.html#walresetbug).
func TestSQLiteIsNewEnoughForCheckpointsInTheBackground(t *testing.T) {
	w := writerAlone(t)
	got, err := queryText(w.conn.Conn, "SELECT sqlite_version()")
	if err != nil {
		t.Fatal(err)
	}
	var major, minor, patch int
	if _, err := fmt.Sscanf(got, "%d.%d.%d", &major, &minor, &patch); err != nil || major*1_000_000+minor*1000+patch < 3_051_003 {
		t.Errorf("SQLite is %s, %v", got, err)
	}
}
