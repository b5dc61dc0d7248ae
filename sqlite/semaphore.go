package sqlite

import (
	"context"
	"sync"

	"ironstar.dev/internal/broadcast"
)

// byteSemaphore bounds how many bytes wait for the writer. A request that is
// larger than the limit waits until it has the semaphore to itself.
type byteSemaphore struct {
	limit int // bytes

	mu       sync.Mutex
	used     int
	released broadcast.Broadcast
}

// acquire waits until n bytes are free, or ctx ends.
func (s *byteSemaphore) acquire(ctx context.Context, n int) error {
	for !s.tryAcquire(n) {
		released := s.released.Next()
		if s.tryAcquire(n) { // released before next was called
			return nil
		}
		select {
		case <-released:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *byteSemaphore) tryAcquire(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used > 0 && s.used+n > s.limit {
		return false
	}
	s.used += n
	return true
}

func (s *byteSemaphore) release(n int) {
	s.mu.Lock()
	s.used -= n
	s.mu.Unlock()
	s.released.Send()
}
