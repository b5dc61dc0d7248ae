package bidders

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// person is a browser with a session of its own.
type person struct {
	t       *testing.T
	s       *server
	client  *http.Client
	session string
	handle  string

	mu    sync.Mutex
	given []*command
	tries atomic.Int64
}

// command is what a person sent, and what they were told.
type command struct {
	key             string
	lot             string
	amount, maximum cents
	receipt         receipt // if it was acknowledged
	refused         string  // the code of the refusal
	done            bool
}

// receipt is the answer to a command.
type receipt struct{ First, Last, Version int64 }

// refusal is the other answer.
type refusal struct {
	Code    string
	Errors  []struct{ Field, Code string }
	Refusal struct{ Least string }
}

// patience is how long a person waits for what certainly comes.
const patience = 3 * time.Minute

func newPerson(t *testing.T, s *server) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &person{t: t, s: s, client: &http.Client{Jar: jar, Transport: transport}}
}

// people are n persons with a session each.
func people(t *testing.T, s *server, n int) []*person {
	t.Helper()
	all := make([]*person, n)
	for i := range all {
		all[i] = newPerson(t, s)
	}
	each(all, func(_ int, p *person) {
		p.session = sessionOn(p.load(minePage))
		if p.session == "" {
			t.Error("a page does not say which session it has")
		}
	})
	return all
}

// each lets all persons do something at the same time.
func each(all []*person, do func(int, *person)) {
	var group sync.WaitGroup
	for i, p := range all {
		group.Go(func() { do(i, p) })
	}
	group.Wait()
}

// load loads a page, again until there is one.
func (p *person) load(path string) string {
	p.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		resp, err := p.client.Get("http://" + p.s.addr + path)
		if err != nil {
			continue
		}
		page, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil && resp.StatusCode == http.StatusOK {
			return string(page)
		}
	}
	p.t.Errorf("%s has no page", path)
	return ""
}

// newID returns a command id as the client of a page makes it.
func newID() string {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return hex.EncodeToString(random[:])
}

// send sends a command as the client of a page does: again with the same id until there
// is an answer. Now and then its connection is cut, at a moment after which the server
// may have the command.
func (p *person) send(path string, form url.Values, key string) (receipt, *refusal) {
	const longestWait = 5 * time.Second
	cut := mathrand.IntN(6) == 0
	for tries, end := 0, time.Now().Add(patience); time.Now().Before(end); tries++ {
		p.tries.Add(1)
		limit := 30 * time.Second
		if cut && tries == 0 {
			limit = time.Duration(mathrand.IntN(25)) * time.Millisecond
		}
		r, problem, err := p.request(path, form, key, limit)
		if err == nil {
			return r, problem
		}
		time.Sleep(time.Duration(float64(min(longestWait, 250*time.Millisecond<<min(tries, 6))) * (0.5 + mathrand.Float64()/2)))
	}
	p.t.Errorf("%s was not answered", path)
	return receipt{}, &refusal{Code: "unanswered"}
}

// request sends a command once. An error means that it is not known whether it has
// arrived.
func (p *person) request(path string, form url.Values, key string, limit time.Duration) (r receipt, _ *refusal, _ error) {
	ctx, end := context.WithTimeout(context.Background(), limit)
	defer end()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.s.addr+path, strings.NewReader(form.Encode()))
	if err != nil {
		return r, nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Idempotency-Key", key)
	resp, err := p.client.Do(req)
	if err != nil {
		return r, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	switch {
	case err != nil:
		return r, nil, err
	case slices.Contains([]int{408, 425, 429, 502, 503, 504}, resp.StatusCode):
		return r, nil, fmt.Errorf("answered with %s", resp.Status)
	case resp.StatusCode == http.StatusAccepted:
		at, err := strconv.ParseInt(resp.Header.Get("Ironstar-Position"), 10, 64)
		if err == nil {
			err = json.Unmarshal(body, &r)
		}
		if err != nil || at != r.Last {
			p.t.Errorf("%s: the receipt is %s at %d, %v", path, body, at, err)
		}
		return r, nil, nil
	}
	var problem refusal
	if err := json.Unmarshal(body, &problem); err != nil || resp.StatusCode >= 500 || problem.Code == "" {
		p.t.Errorf("%s: answered with %s, %s", path, resp.Status, body)
	}
	return r, &problem, nil
}

// register gives the person a name.
func (p *person) register(handle string) {
	p.t.Helper()
	if _, refused := p.send(registering(p.session), url.Values{handleField: {handle}}, newID()); refused != nil {
		p.t.Errorf("%s cannot register: %+v", handle, refused)
	}
	p.handle = handle
}

// bid sends a bid, and remembers the answer. Some bids arrive once more after it.
func (p *person) bid(lot string, amount, maximum cents) (receipt, *refusal) {
	c := &command{key: newID(), lot: lot, amount: amount, maximum: maximum}
	p.mu.Lock()
	p.given = append(p.given, c)
	p.mu.Unlock()
	r, refused := p.send(bidding(lot), bidForm(amount, maximum), c.key)
	if refused == nil && r.First > 0 && mathrand.IntN(8) == 0 {
		if again, refused := p.send(bidding(lot), bidForm(amount, maximum), c.key); refused != nil || again != r {
			p.t.Errorf("%s was told %+v for a bid, and then %+v, %+v", p.handle, r, again, refused)
		}
	}
	if c.receipt, c.done = r, true; refused != nil {
		c.refused = refused.Code
		p.checkRefusal(c, refused)
	}
	return r, refused
}

// checkRefusal checks that a refusal says what the person can do.
func (p *person) checkRefusal(c *command, r *refusal) {
	switch r.Code {
	case notOpen, leadsAlready:
	case tooLow:
		if len(r.Errors) != 1 || r.Errors[0].Field != amountField || centsOf(r.Refusal.Least) <= c.amount {
			p.t.Errorf("a bid of %s is refused with %+v", c.amount, r)
		}
	default:
		p.t.Errorf("a bid of %s is refused with %+v", c.amount, r)
	}
}

// sell opens a lot.
func (p *person) sell(lot string, x terms, ends time.Time) {
	p.t.Helper()
	for path, form := range map[string]url.Values{drafting(lot): x.form()} {
		if _, refused := p.send(path, form, newID()); refused != nil {
			p.t.Fatalf("%s: %+v", path, refused)
		}
	}
	if _, refused := p.send(opening(lot), url.Values{"ends": {ends.UTC().Format(time.RFC3339Nano)}}, newID()); refused != nil {
		p.t.Fatalf("%s cannot be opened: %+v", lot, refused)
	}
}
