package sqlite

import (
	"bytes"
	"context"
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
)

// These tests are inside the package because a log of 64 MB would take long.

// logPages is after how many pages the logs of these tests are begun again.
const logPages = 100

// smallLog opens a store with a small write-ahead log.
func smallLog(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	s.writer.turn.Lock()
	defer s.writer.turn.Unlock()
	s.writer.checkpoints = checkpoints{most: logPages}
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

func TestLogIsBoundedWithoutReaders(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 500)
	if n := s.logSize(); n < logPages || n > 2*logPages {
		t.Errorf("the log has %d pages, want a little more than %d", n, logPages)
	}
}

func TestLogIsBegunAgainAfterManyBatches(t *testing.T) {
	s := smallLog(t, Options{})
	s.writer.turn.Lock()
	s.writer.checkpoints.most = maxLogPages
	s.writer.turn.Unlock()
	s.write(t, maxLogBatches+100)
	s.writer.turn.Lock()
	pages, _, err := walCheckpoint(s.writer.conn.look)
	s.writer.turn.Unlock()
	if err != nil || pages > 1000 {
		t.Errorf("after %d batches the log has %d pages, %v", maxLogBatches+100, pages, err)
	}
}

// As long as there is always somebody who reads, SQLite by itself never begins
// the log again.
func TestLogIsBoundedThoughSomebodyAlwaysReads(t *testing.T) {
	s := smallLog(t, Options{})
	s.write(t, 1)
	ctx, stop := context.WithCancel(t.Context())
	var begun, chunks atomic.Int64
	read := func(c *readConn) error {
		defer c.head.Reset()
		if _, err := c.head.Step(); err != nil { // its transaction lasts until it is reset
			return err
		}
		mine := begun.Add(1)
		// Until the next one has begun, but no chunk is endless.
		for since := time.Now(); begun.Load() == mine && time.Since(since) < 5*time.Millisecond; {
			time.Sleep(50 * time.Microsecond)
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
	for range 15 {
		s.write(t, 100)
		most = max(most, s.logSize())
	}
	stop()
	readers.Wait()
	if most > 3*logPages {
		t.Errorf("the log grew to %d pages, want %d and a few", most, logPages)
	}
	if chunks.Load() < 100 {
		t.Errorf("only %d chunks were read: the test tests nothing", chunks.Load())
	}
}

// What another program reads cannot be helped. It is told once, and does no
// harm when it has ended.
func TestLogGrowsBesideAForeignReader(t *testing.T) {
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
	s.writer.turn.Lock()
	pages, _, err := walCheckpoint(s.writer.conn.look)
	s.writer.turn.Unlock()
	if err != nil || pages > 2*logPages {
		t.Errorf("after the reader has ended the log has %d pages, %v", pages, err)
	}
}

// An append does not fail with a checkpoint, and the next one makes up for it.
func TestCheckpointFails(t *testing.T) {
	for name, spoil := range map[string]func(*writeConn) *zs.Stmt{
		"and the connection is kept":     func(c *writeConn) *zs.Stmt { return c.Prep("SELECT json('no json')") },
		"and the connection is replaced": func(c *writeConn) *zs.Stmt { c.SetInterrupt(closedChannel()); return c.passive },
	} {
		t.Run(name, func(t *testing.T) {
			var lines bytes.Buffer
			s := smallLog(t, Options{Logger: slog.New(slog.NewTextHandler(&lines, nil))})
			s.write(t, 5)
			w := s.writer
			w.turn.Lock()
			whole := w.conn.passive
			w.conn.passive = spoil(w.conn)
			w.conn.unseen, w.checkpoints.batches = lookAfter, maxLogBatches
			w.checkpoint()
			if w.conn != nil {
				w.conn.passive = whole
			}
			w.turn.Unlock()
			s.write(t, 1000)
			if n := s.logSize(); n > 3*logPages {
				t.Errorf("the log has %d pages", n)
			}
			if n := strings.Count(lines.String(), "checkpoint failed"); n != 1 {
				t.Errorf("told %d times: %s", n, &lines)
			}
		})
	}
}

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
