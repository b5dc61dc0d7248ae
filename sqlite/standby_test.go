package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// openStandby opens a store that a child process owns, and returns both.
func openStandby(t *testing.T, mode string) (s *sqlite.Store, file string, kill func()) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "log.db")
	cmd := childCommand(t, mode, file)
	out := &watched{line: make(chan struct{})}
	cmd.Stdout = out
	mustBe(t, cmd.Start())
	kill = func() {
		cmd.Process.Kill()
		cmd.Wait()
	}
	t.Cleanup(kill)
	select {
	case <-out.line:
	case <-time.After(2 * time.Minute):
		t.Fatal("child does not get ready")
	}
	s, err := sqlite.OpenStandby(t.Context(), file, sqlite.Options{})
	mustBe(t, err)
	t.Cleanup(func() { s.Close() })
	return s, file, kill
}

// TestG1_TakeOverHasAll follows a process that appends until it is killed, and
// continues where it ended.
func TestG1_TakeOverHasAll(t *testing.T) {
	s, file, kill := openStandby(t, "load")
	followed := make(chan ironstar.Position, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		last := ironstar.Position(0)
		for r, err := range s.Follow(ctx, 0) {
			if err != nil || r.Position != last+1 {
				t.Errorf("after %d comes %v, %v", last, r, err)
				break
			}
			last = r.Position
		}
		followed <- last
	}()
	before := waitForHead(t, s, 50)
	if o := s.Append(t.Context(), childAppend("mine", 0, 0))[0]; !errors.Is(o.Err, ironstar.ErrRetryable) {
		t.Errorf("what does not own the file appends: %v", o)
	}
	impatient, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	var locked *sqlite.LockedError
	if err := s.TakeOver(impatient, nil); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &locked) {
		t.Errorf("the file was taken from a process that is there: %v", err)
	}
	waitForHead(t, s, before+50)

	time.AfterFunc(50*time.Millisecond, kill)
	mustBe(t, s.TakeOver(t.Context(), nil))
	head, err := s.Head(t.Context())
	mustBe(t, err)
	o := s.Append(t.Context(), childAppend("mine", 0, 0))[0]
	mustBe(t, o.Err)
	if o.Receipt.First != head+1 {
		t.Errorf("appended at %d, the head was %d", o.Receipt.First, head)
	}
	waitForHead(t, s, o.Receipt.Last)
	time.Sleep(50 * time.Millisecond) // for Follow to yield it
	stop()
	if last := <-followed; last != o.Receipt.Last {
		t.Errorf("followed to %d, want %d", last, o.Receipt.Last)
	}
	if _, err := sqlite.Open(t.Context(), file, sqlite.Options{}); !errors.As(err, &locked) {
		t.Errorf("a second server got %v", err)
	}
	mustBe(t, s.Close())
	again := openStore(t, file)
	if got, err := again.Head(t.Context()); err != nil || got != o.Receipt.Last {
		t.Errorf("the head is %d, %v; want %d", got, err, o.Receipt.Last)
	}
}

func waitForHead(t *testing.T, s *sqlite.Store, want ironstar.Position) ironstar.Position {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		head, err := s.Head(t.Context())
		mustBe(t, err)
		if head >= want {
			return head
		}
		if time.Now().After(end) {
			t.Fatalf("the head is %d and does not reach %d", head, want)
		}
	}
}

func TestOpenStandbyRefuses(t *testing.T) {
	dir := t.TempDir()
	_, err := sqlite.OpenStandby(t.Context(), filepath.Join(dir, "none.db"), sqlite.Options{})
	wantError(t, "no file", err, "there is no such file")

	s, file, _ := openStandby(t, "some")
	waitForHead(t, s, 1)
	_, err = sqlite.OpenStandby(t.Context(), file, sqlite.Options{
		Shapes: []ironstar.Shape{{Kind: "crash.Test", Type: "Written", SchemaVersion: 1, Hash: "other"}},
	})
	if !errors.Is(err, ironstar.ErrShape) {
		t.Errorf("another shape: %v", err)
	}
	s = openStore(t, filepath.Join(dir, "own.db"))
	wantError(t, "owner", s.TakeOver(t.Context(), nil), "has the file already")
}

func TestCloseStandby(t *testing.T) {
	s, _, kill := openStandby(t, "hold")
	mustBe(t, s.Close())
	mustBe(t, s.Close())
	kill()
	if err := s.TakeOver(t.Context(), nil); !errors.Is(err, ironstar.ErrClosed) {
		t.Errorf("a closed store took over: %v", err)
	}
}

// TestTakeOverOfAnotherFile: a backup was restored while no server ran.
func TestTakeOverOfAnotherFile(t *testing.T) {
	s, file, kill := openStandby(t, "hold")
	kill()
	other := filepath.Join(t.TempDir(), "log.db")
	openStore(t, other).Close()
	mustBe(t, moveOver(other, file))
	wantError(t, "another log", s.TakeOver(t.Context(), nil), "replaced by another")
	openStore(t, file) // and its lock was let go
}

func moveOver(from, to string) error {
	return errors.Join(os.Remove(to+"-wal"), os.Remove(to+"-shm"), os.Rename(from, to))
}
