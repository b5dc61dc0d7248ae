package ops

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// grace is how long a connection that has asked for nothing yet may do so once
// the server stops.
const grace = 100 * time.Millisecond

// closeUnused returns what closes the connections that have asked for nothing.
// Browsers open some in advance, and http.Server.Shutdown waits for each of
// them for five seconds.
func closeUnused(server *http.Server) func() {
	var mu sync.Mutex
	unused := map[net.Conn]struct{}{}
	before := server.ConnState
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if before != nil {
			before(c, state)
		}
		mu.Lock()
		defer mu.Unlock()
		if state == http.StateNew {
			unused[c] = struct{}{}
		} else {
			delete(unused, c)
		}
	}
	return func() {
		time.AfterFunc(grace, func() {
			mu.Lock()
			defer mu.Unlock()
			for c := range unused {
				c.Close()
			}
		})
	}
}
