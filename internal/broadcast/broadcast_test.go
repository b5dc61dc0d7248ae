package broadcast_test

import (
	"testing"
	"testing/synctest"

	"ironstar.dev/internal/broadcast"
)

func TestBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails if a goroutine is not woken
		var b broadcast.Broadcast
		b.Send() // nobody waits
		for range 3 {
			next := b.Next()
			go func() { <-next }()
		}
		first := b.Next()
		b.Send()
		<-first
		select {
		case <-b.Next():
			t.Error("a goroutine that begins to wait later is woken by an earlier change")
		default:
		}
	})
}
