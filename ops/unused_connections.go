package ops

import (
	"net"
	"net/http"
	"sync"
	"time"
)

// unusedTimeout is the time in which a connection without a request can still send
// one when the server stops.
const unusedTimeout = 100 * time.Millisecond

// closeUnused returns a function that closes the connections that have sent no
// request. Browsers open connections in advance, and http.Server.Shutdown waits five
// seconds for each of them.
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
		time.AfterFunc(unusedTimeout, func() {
			mu.Lock()
			defer mu.Unlock()
			for c := range unused {
				c.Close()
			}
		})
	}
}
