package sqlite

import "sync"

// bell wakes all who wait for it. Whoever wants to miss nothing takes the
// channel first and looks at the thing of interest afterwards.
type bell struct {
	mu   sync.Mutex
	next chan struct{} // closed by the next ring; nil while nobody waits
}

// rung returns a channel that the next ring closes. Nothing is sent on it.
func (b *bell) rung() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// ring wakes all who wait. It never blocks.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
