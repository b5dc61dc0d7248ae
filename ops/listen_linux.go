package ops

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// early says that a server can listen on an address while the one that it takes
// over from still does: whoever connects meanwhile waits and is not refused.
const early = true

// listen listens on an address such that a process of the same user may listen
// on it too, if it asks for that: one that takes over.
func listen(ctx context.Context, addr string, takeOver bool) (net.Listener, error) {
	if !takeOver {
		// Two that share an address by mistake would each get half of the
		// requests. So whoever does not take over must find it free.
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, err
		}
		addr = l.Addr().String() // port 0 has become one
		l.Close()
	}
	shared := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var fault error
		err := c.Control(func(fd uintptr) {
			fault = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		})
		if err == nil {
			err = fault
		}
		return err
	}}
	return shared.Listen(ctx, "tcp", addr)
}
