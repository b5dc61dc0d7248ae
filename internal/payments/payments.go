// Package payments is a stand-in for a payment provider, for demonstrations and tests.
// It behaves as badly as real ones do: it may be down, and it may take the money and
// lose its answer. It takes the money for one key once.
package payments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Charge is what a customer pays. It is sent to /charges, with an Idempotency-Key.
type Charge struct {
	Customer string `json:"customer"`
	Amount   string `json:"amount"`
}

// Answer has a reference if the money was taken (200), or a reason (402).
type Answer struct {
	Key       string `json:"key"` // of the charge that it is the answer to
	Reference string `json:"reference,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// limit is the amount from which on customers have not enough.
const limit = 1000

// StandIn is the provider. The zero value is ready. It is a server and, for a client in
// the same process, a transport.
type StandIn struct {
	// Fault says what happens to a request by its number, which begins with 1. nil: each
	// third one finds the provider down, and each fifth answer is lost.
	Fault func(request int) Fault

	mu       sync.Mutex
	requests int
	answers  map[string]Answer // by key
}

// Fault is what happens to a request.
type Fault int

const (
	None Fault = iota
	Down       // nothing is done
	Lost       // it is done, and the answer does not arrive
)

func usual(request int) Fault {
	switch {
	case request%5 == 0:
		return Lost
	case request%3 == 0:
		return Down
	}
	return None
}

// ServeHTTP takes the money.
func (s *StandIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c Charge
	key := r.Header.Get("Idempotency-Key")
	amount := 0.0
	err := json.NewDecoder(r.Body).Decode(&c)
	if err == nil {
		amount, err = strconv.ParseFloat(c.Amount, 64)
	}
	if r.Method != http.MethodPost || r.URL.Path != "/charges" || key == "" || err != nil {
		http.Error(w, "a charge is a POST to /charges with an Idempotency-Key, a customer and an amount", http.StatusBadRequest)
		return
	}
	a, fault := s.charge(key, amount)
	switch {
	case fault == Lost:
		<-r.Context().Done() // the client gives up
		return
	case fault == Down:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case a.Reference == "":
		w.WriteHeader(http.StatusPaymentRequired)
	}
	json.NewEncoder(w).Encode(a)
}

func (s *StandIn) charge(key string, amount float64) (Answer, Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	fault := usual
	if s.Fault != nil {
		fault = s.Fault
	}
	m := fault(s.requests)
	if m == Down {
		return Answer{}, m
	}
	if s.answers == nil {
		s.answers = map[string]Answer{}
	}
	a, again := s.answers[key]
	if !again {
		a = Answer{Key: key, Reference: fmt.Sprintf("R-%04d", len(s.answers)+1)}
		if amount >= limit {
			a = Answer{Key: key, Reason: fmt.Sprintf("the card has a limit of %d", limit)}
		}
		s.answers[key] = a
	}
	return a, m
}

// Taken is how many charges there were, and how often money was taken.
func (s *StandIn) Taken() (requests, taken int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.answers {
		if a.Reference != "" {
			taken++
		}
	}
	return s.requests, taken
}

// RoundTrip asks the stand-in without a network.
func (s *StandIn) RoundTrip(r *http.Request) (*http.Response, error) {
	a := answer{status: http.StatusOK, header: http.Header{}}
	s.ServeHTTP(&a, r)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: a.status, Status: http.StatusText(a.status), Header: a.header, Body: io.NopCloser(&a.body), Request: r}, nil
}

// answer is a response in memory.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
