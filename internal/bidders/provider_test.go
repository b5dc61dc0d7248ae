package bidders

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"ironstar.dev/internal/payments"
)

// provider takes the money. Of four requests the first finds it down, the second is
// done and not answered, the third is answered twice.
type provider struct {
	payments.StandIn
	site string

	mu       sync.Mutex
	requests int
	bodies   map[string]map[string]int // by key and body: how often
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	p := &provider{bodies: map[string]map[string]int{}}
	p.Fault = func(request int) payments.Fault {
		return map[int]payments.Fault{1: payments.Down, 2: payments.Lost}[request%4]
	}
	site := httptest.NewServer(p)
	t.Cleanup(site.Close)
	p.site = site.URL
	return p
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client left
	}
	key := r.Header.Get("Idempotency-Key")
	p.mu.Lock()
	p.requests++
	twice := p.requests%4 == 3
	if p.bodies[key] == nil {
		p.bodies[key] = map[string]int{}
	}
	p.bodies[key][string(body)]++
	p.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if !twice {
		p.StandIn.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	p.StandIn.ServeHTTP(answer, r)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	for range 2 {
		fmt.Fprintf(conn, "HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s", answer.Code, answer.Body.Len(), answer.Body)
	}
}

// check compares the record of the provider with how many lots were sold: each has one
// key, with one charge.
func (p *provider) check(t *testing.T, sold int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.bodies) != sold {
		t.Errorf("%d lots were charged under %d keys: %v", sold, len(p.bodies), p.bodies)
	}
	for key, bodies := range p.bodies {
		if len(bodies) != 1 {
			t.Errorf("under the key %s there are the charges %v", key, bodies)
		}
	}
	if requests, taken := p.Taken(); taken != sold || requests < 4 {
		t.Errorf("%d requests took money %d times for %d lots", requests, taken, sold)
	}
}
