package ops

import (
	"context"
	"fmt"
	"io"
	"net"
)

// checkDev refuses --dev for addresses that other machines reach: people who write
// an application see all its events.
func (f Flags) checkDev() error {
	host, _, err := net.SplitHostPort(f.Addr)
	ip := net.ParseIP(host)
	if f.Dev && (err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback())) {
		return fmt.Errorf("--dev shows all events to everybody who reaches --addr %s: use a loopback address such as 127.0.0.1:8080", f.Addr)
	}
	return nil
}

// untilEnd returns a context that ends when a reader does, which is when the
// process at its other end has ended.
func untilEnd(ctx context.Context, in io.Reader) context.Context {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		defer stop()
		_, _ = io.Copy(io.Discard, in) // an error is an end too
	}()
	return ctx
}
