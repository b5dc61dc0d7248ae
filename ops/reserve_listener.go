package ops

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	// refusalWait is the time in which a refused client must send its request and read
	// the answer.
	refusalWait = 100 * time.Millisecond

	// refusalRepeat is the least time between two log entries about refusals.
	refusalRepeat = 10 * time.Second
)

// refusal is the answer to a client when the process has no file descriptor for it.
const refusal = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n" +
	"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 35\r\n\r\nThe server is busy, try again soon\n"

// reserveListener keeps a file descriptor in reserve. When the process has no other
// descriptor left, it uses this one to answer new clients. Without an answer, they
// would wait until other pages close.
type reserveListener struct {
	net.Listener
	reserve    *os.File // nil if the process had no descriptor left
	lastLogged time.Time
	refused    int // since the last log entry
}

func newReserveListener(l net.Listener) *reserveListener {
	r := &reserveListener{Listener: l}
	r.keepReserve()
	return r
}

func (l *reserveListener) keepReserve() {
	if l.reserve == nil {
		l.reserve, _ = os.Open(os.DevNull) // after an error, the next call tries again
	}
}

// Accept waits for the next client. Only the goroutine of http.Server.Serve calls it.
func (l *reserveListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			l.keepReserve()
			return c, err
		}
		if l.reserve == nil {
			return nil, err // http.Server waits for a short time and tries again
		}
		l.reserve.Close()
		l.reserve = nil
		c, refuseErr := l.Listener.Accept()
		if refuseErr != nil {
			l.keepReserve()
			return nil, refuseErr
		}
		refuse(c)
		l.keepReserve()
		l.logRefusals(err)
	}
}

// refuse answers a client and closes its connection. It reads what the client
// sent, because closing a connection with unread data resets it, and the answer
// is lost.
func refuse(c net.Conn) {
	defer c.Close()
	c.SetDeadline(time.Now().Add(refusalWait))
	var request [4096]byte
	c.Read(request[:])
	io.WriteString(c, refusal)
	if t, ok := c.(*net.TCPConn); ok {
		t.CloseWrite()
		io.Copy(io.Discard, c)
	}
}

// logRefusals logs refusals, from time to time.
func (l *reserveListener) logRefusals(cause error) {
	l.refused++
	if now := time.Now(); l.lastLogged.IsZero() || now.Sub(l.lastLogged) >= refusalRepeat {
		slog.Error("the server refuses new clients, because it has no file descriptor left: raise the limit of the process (ulimit -n)", "refused", l.refused, "cause", cause)
		l.lastLogged, l.refused = now, 0
	}
}
