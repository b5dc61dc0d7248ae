//go:build !linux

package ops

import (
	"context"
	"net"
	"time"
)

// listenEarly is explained in listen_linux.go. On other systems the address must be
// free.
const listenEarly = false

// freeWithin is the time for which an address may be in use after the end of a
// server.
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
