package ops

import (
	"context"
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// listenEarly means that a new server can listen on an address while the old server
// still listens on it. Clients that connect during a takeover wait, and get no
// refusal.
const listenEarly = true

// listen listens on an address. It allows another process of the same user, which
// takes over later, to listen on the address at the same time.
func listen(ctx context.Context, addr string, takeOver bool) (net.Listener, error) {
	if !takeOver {
		// Two servers that share an address by mistake would each get half of the
		// requests. So a server that does not take over needs a free address.
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, err
		}
		addr = l.Addr().String() // has the real port in place of port 0
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
