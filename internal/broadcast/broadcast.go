// Package broadcast wakes all goroutines that wait for a change.
package broadcast

import "sync"

// Broadcast wakes all goroutines that wait for the next change of something. To
// miss no change, call [Broadcast.Next] first and check the condition
// afterwards. The zero value is ready to use.
type Broadcast struct {
	mu   sync.Mutex
	next chan struct{} // closed by the next Send; nil while nobody waits
}

// Next returns a channel that the next Send closes. No value is sent on it.
func (b *Broadcast) Next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Send wakes all waiting goroutines. It never blocks.
func (b *Broadcast) Send() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}
