//go:build browser

package browsertest

import (
	"io"
	"net"
	"sync"
	"testing"
)

// road is a proxy between browsers and a server. It can block, and break all
// connections.
type road struct {
	to string // the server's address
	l  net.Listener

	mu      sync.Mutex // guards what follows
	moves   *sync.Cond // signals changes of blocked
	blocked bool       // no data passes from the server to browsers
	conns   map[net.Conn]bool
	closed  bool
}

func newRoad(t *testing.T, to string) *road {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &road{to: to, l: l, conns: map[net.Conn]bool{}}
	r.moves = sync.NewCond(&r.mu)
	var all sync.WaitGroup
	all.Go(func() {
		for {
			browser, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { r.carry(browser) })
		}
	})
	t.Cleanup(func() {
		r.l.Close()
		r.mu.Lock()
		r.closed = true
		r.mu.Unlock()
		r.Block(false)
		r.Cut()
		all.Wait()
	})
	return r
}

func (r *road) Addr() string { return r.l.Addr().String() }

// Block stops or resumes data from the server.
func (r *road) Block(blocked bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocked = blocked
	r.moves.Broadcast()
}

// Cut breaks all connections.
func (r *road) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		c.Close()
	}
}

// add reports false if the road is closed.
func (r *road) add(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.conns[c] = true
	}
	return !r.closed
}

func (r *road) remove(c net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
	c.Close()
}

func (r *road) carry(browser net.Conn) {
	defer r.remove(browser)
	if !r.add(browser) {
		return
	}
	server, err := net.Dial("tcp", r.to)
	if err != nil {
		return
	}
	defer r.remove(server)
	if !r.add(server) {
		return
	}
	server.(*net.TCPConn).SetReadBuffer(8 << 10) // so that a sending server soon blocks
	var up sync.WaitGroup
	up.Go(func() {
		io.Copy(server, browser)
		server.Close()
	})
	io.Copy(browser, gate{r, server})
	browser.Close()
	up.Wait()
}

// gate blocks reading while the road is blocked.
type gate struct {
	road *road
	from io.Reader
}

func (g gate) Read(p []byte) (int, error) {
	g.road.mu.Lock()
	for g.road.blocked {
		g.road.moves.Wait()
	}
	g.road.mu.Unlock()
	return g.from.Read(p)
}
