//go:build !linux

package ops

import (
	"context"
	"net"
	"time"
)

// early is explained in listen_linux.go. Elsewhere the address must be free.
const early = false

// freeWithin is how long the address of a server may be in use after its end.
const freeWithin = 10 * time.Second

func listen(ctx context.Context, addr string, takeOver bool) (net.Listener, error) {
	until := time.Now()
	if takeOver {
		until = until.Add(freeWithin)
	}
	for {
		l, err := net.Listen("tcp", addr)
		if err == nil || ctx.Err() != nil || time.Now().After(until) {
			return l, err
		}
		time.Sleep(2 * time.Millisecond)
	}
}
