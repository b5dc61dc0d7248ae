package sqlite

import (
	"context"
	"errors"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
)

// These tests are inside the package because they need a disk that takes
// minutes for a snapshot. An endless query simulates it.

// endless writes until it is interrupted. begun has capacity for each call.
func endless(begun chan<- struct{}) func(*writeConn) error {
	return func(c *writeConn) error {
		begun <- struct{}{}
		return sqlitex.Execute(c.Conn, `INSERT INTO checkpoints
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
			SELECT 'endless', '', 1, 1, x'' FROM n WHERE i < 0`, nil)
	}
}

// soon fails the test if do takes so long that a person would notice.
func soon(t *testing.T, what string, do func()) {
	t.Helper()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		do()
	}()
	select {
	case <-ended:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s waits for work in the background", what)
	}
}

func TestNothingWaitsForBackgroundWork(t *testing.T) {
	for name, end := range map[string]func(t *testing.T, s *Store, leave func()) (want error){
		"its caller leaves": func(_ *testing.T, _ *Store, leave func()) error { leave(); return context.Canceled },
		"the store closes":  func(_ *testing.T, s *Store, _ func()) error { s.Close(); return ironstar.ErrClosed },
		"commands come": func(t *testing.T, s *Store, _ func()) error {
			for n := range ironstar.Version(100) {
				if o := s.Append(t.Context(), one("a", n))[0]; o.Err != nil {
					t.Error(o.Err)
				}
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := openAlone(t)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			begun, result := make(chan struct{}, maxInterruptions), make(chan error, 1)
			go func() { result <- s.inBackground(ctx, endless(begun)) }()
			<-begun
			soon(t, name, func() {
				want := end(t, s, leave)
				if want == nil {
					leave()
					want = context.Canceled
				}
				if err := <-result; !errors.Is(err, want) && !errors.Is(err, ironstar.ErrRetryable) {
					t.Errorf("the work ended with %v, want %v", err, want)
				}
			})
			if name == "the store closes" {
				return
			}
			if o := s.Append(t.Context(), one("b", 0))[0]; o.Err != nil {
				t.Errorf("after it: %v", o.Err)
			}
			soon(t, "the next work", func() {
				if err := s.SaveCheckpoint(t.Context(), ironstar.Checkpoint{Name: "v", Position: 1}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// TestWaitingWorkIsCanceled: what waits for its turn is not waited for.
func TestWaitingWorkIsCanceled(t *testing.T) {
	s := openAlone(t)
	s.writer.restUntil = time.Now().Add(time.Hour) // as if the last work took long
	s.writer.loaded.Store(true)
	ctx, leave := context.WithCancel(t.Context())
	taken := make(chan error, 2)
	for range 2 { // one was taken and waits, one is in the queue
		go func() {
			taken <- s.inBackground(ctx, func(*writeConn) error { t.Error("it was done"); return nil })
		}()
	}
	soon(t, "what is canceled", func() {
		leave()
		for range 2 {
			if err := <-taken; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
	result := make(chan error, 1)
	go func() {
		result <- s.inBackground(t.Context(), func(*writeConn) error { t.Error("it was done"); return nil })
	}()
	soon(t, "Close", func() { s.Close() })
	if err := <-result; !errors.Is(err, ironstar.ErrClosed) {
		t.Error(err)
	}
}

// TestWorkIsTriedAgain: work that was interrupted for requests is started
// again, a limited number of times.
func TestWorkIsTriedAgain(t *testing.T) {
	w := writerAlone(t)
	w.queue <- &request{} // there is always a waiting request
	k := &work{canceled: make(chan struct{}), done: make(chan error, 1)}
	tries := 0
	begun := make(chan struct{}, maxInterruptions)
	k.do = func(c *writeConn) error { tries++; return endless(begun)(c) }
	for w.work = k; w.work != nil; {
		w.runWork()
		if rest := time.Until(w.restUntil); rest > maxRest {
			t.Fatalf("rests for %s", rest)
		}
	}
	if err := <-k.done; !errors.Is(err, ironstar.ErrRetryable) || tries != maxInterruptions {
		t.Errorf("after %d tries: %v", tries, err)
	}
	if w.conn == nil || !w.conn.AutocommitEnabled() || zs.ErrCode(exec(w.conn.begin)) != zs.ResultOK {
		t.Error("the connection is not in order")
	}
}

func TestSnapshotsThatAreTooLarge(t *testing.T) {
	s := openAlone(t)
	err := s.SaveSnapshots(t.Context(), ironstar.Snapshot{Name: "v", Key: "k", Position: 1, State: make([]byte, maxSnapshotBytes+1)})
	if err == nil || errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("got %v", err)
	}
}
