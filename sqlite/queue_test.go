package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// While another program locks the file, the writer waits and the queue fills
// up. Callers whose contexts end get the right outcome.
func TestContextEndsInTheQueue(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log.db")
	s, err := sqlite.Open(t.Context(), file, sqlite.Options{Queue: 1})
	mustBe(t, err)
	defer s.Close()
	other, err := zs.OpenConn(file, zs.OpenReadWrite)
	mustBe(t, err)
	defer other.Close()
	mustBe(t, sqlitex.ExecuteTransient(other, "BEGIN IMMEDIATE", nil))

	const callers, wanted = 20, 3
	var done sync.WaitGroup
	outcomes := make([]ironstar.Outcome, callers)
	back := make(chan int, callers) // callers that returned; one for each, so sending never blocks
	call := func(i int) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		outcomes[i] = s.Append(ctx, childAppend(fmt.Sprint(i), 0, 0))[0]
		back <- i
	}
	// Callers whose requests the writer has taken stay. The others return when
	// their contexts end.
	called := 0
	for came := 0; came < wanted && called < callers; called++ {
		i := called
		done.Go(func() { call(i) })
		select {
		case <-back:
			came++
		case <-time.After(200 * time.Millisecond):
		}
	}
	mustBe(t, sqlitex.ExecuteTransient(other, "ROLLBACK", nil))
	done.Wait()

	said := newAnswers()
	for i, o := range outcomes[:called] {
		id := fmt.Sprint(i, ".0")
		switch {
		case o.Err == nil:
			said.stored[id] = [3]int64{int64(o.Receipt.First), int64(o.Receipt.Last), int64(o.Receipt.Version)}
		case errors.Is(o.Err, ironstar.ErrRetryable) && errors.Is(o.Err, context.DeadlineExceeded):
			said.not[id] = true
		default:
			t.Errorf("append %d: %v", i, o.Err)
		}
	}
	said.check(t, file, 0)
	if len(said.not) < wanted || len(said.stored) == 0 {
		t.Errorf("%d stored, %d not", len(said.stored), len(said.not))
	}
}

// A program that keeps the file locked delays one answer only.
func TestFileLockedByAnother(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "log.db")
	s := openStore(t, file)
	other, err := zs.OpenConn(file, zs.OpenReadWrite)
	mustBe(t, err)
	defer other.Close()
	mustBe(t, sqlitex.ExecuteTransient(other, "BEGIN IMMEDIATE", nil))
	a := childAppend("a", 0, 0)
	if o := s.Append(t.Context(), a)[0]; !errors.Is(o.Err, ironstar.ErrRetryable) {
		t.Errorf("append to a locked file: %+v", o)
	}
	mustBe(t, sqlitex.ExecuteTransient(other, "ROLLBACK", nil))
	if o := s.Append(t.Context(), a)[0]; o.Err != nil {
		t.Errorf("append after that: %+v", o)
	}
}
