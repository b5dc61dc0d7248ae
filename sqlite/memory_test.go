package sqlite

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"ironstar.dev"
)

// Caches are limited by bytes, not only by the number of entries.

func TestQueueIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &byteSemaphore{limit: 10}
		for _, n := range []int{6, 4} {
			if err := r.acquire(t.Context(), n); err != nil {
				t.Fatal(err)
			}
		}
		waiting := make(chan error, 1)
		go func() { waiting <- r.acquire(t.Context(), 5) }()
		ctx, leave := context.WithCancel(t.Context())
		leaving := make(chan error, 1)
		go func() { leaving <- r.acquire(ctx, 1) }()
		synctest.Wait()
		if len(waiting) > 0 || len(leaving) > 0 {
			t.Fatal("more than the limit is acquired")
		}
		leave()
		if err := <-leaving; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		r.release(4)
		synctest.Wait()
		if len(waiting) > 0 {
			t.Error("5 were acquired of 4")
		}
		r.release(6)
		if err := <-waiting; err != nil {
			t.Error(err)
		}
		r.release(5)
		if err := r.acquire(t.Context(), 100); err != nil { // alone
			t.Error(err)
		}
	})
}

// TestBytesOfCallersWhoLeftAreQueued: they count until the writer takes the
// request out of the queue.
func TestBytesOfCallersWhoLeftAreQueued(t *testing.T) {
	s := openAlone(t)
	s.writer.busy.Store(true)
	s.writer.turn.Lock() // the writer takes nothing
	used := func() int {
		s.writer.queueBytes.mu.Lock()
		defer s.writer.queueBytes.mu.Unlock()
		return s.writer.queueBytes.used
	}
	left := ironstar.ErrRetryable
	for queued := false; !queued; {
		ctx, leave := context.WithCancel(t.Context())
		outcome := make(chan ironstar.Outcome, 1)
		go func() { outcome <- s.Append(ctx, one("a", 0))[0] }()
		for used() == 0 {
			runtime.Gosched()
		}
		leave()
		left = (<-outcome).Err
		queued = !strings.Contains(left.Error(), "queue is full") // it left between being counted and being queued
	}
	if !errors.Is(left, ironstar.ErrRetryable) {
		t.Errorf("got %v", left)
	}
	if used() == 0 {
		t.Error("its bytes are in the queue and do not count")
	}
	s.writer.turn.Unlock()
	for used() > 0 {
		runtime.Gosched()
	}
}

func TestRecentRecordsAreBoundedInBytes(t *testing.T) {
	var f recentRecords
	f.followers.Store(1)
	held := func() (bytes int) {
		for _, r := range f.records {
			bytes += len(r.Payload) + len(r.Meta)
		}
		return bytes
	}
	for n, size := range []int{10, maxRecentBytes / 2, maxRecentBytes / 2, maxRecentBytes / 3, maxRecentBytes / 3, maxRecentBytes + 1, 10} {
		p := &pending{Append: one("a", 0), payloads: []string{strings.Repeat("x", size)}}
		f.put([]row{{p, 0, ironstar.Position(n + 1), 1}}, 0)
		if held() > maxRecentBytes || held() != f.bytes {
			t.Errorf("after record %d: %d bytes are held, %d counted", n, held(), f.bytes)
		}
		if last := f.records[len(f.records)-1].Position; size < maxRecentBytes && last != ironstar.Position(n+1) {
			t.Errorf("record %d is not there, the last is %d", n+1, last)
		}
	}
}
