package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// patience is how long anything about a feed may take before it is an error.
const patience = 10 * time.Second

// audience is many clients that follow one feed, each on a connection of its
// own with HTTP/1.1, as browsers do that do not share a connection. A client
// reads and notes the time, no more: it takes part in the same two processors.
type audience struct {
	conns   []net.Conn
	arrived chan time.Time // of an event at one client; one for each fits, and a client waits when it is full
	faults  chan error     // of clients; one for each fits
	done    sync.WaitGroup
}

// openAudience opens n feeds. Whoever opens an audience closes it.
func openAudience(feed string, n int) (*audience, error) {
	a := &audience{arrived: make(chan time.Time, n), faults: make(chan error, n)}
	for range n {
		conn, body, err := openFeed(feed)
		if err != nil {
			a.close()
			return nil, err
		}
		a.conns = append(a.conns, conn)
		a.done.Go(func() { a.listen(body) })
	}
	return a, nil
}

func (a *audience) close() {
	for _, c := range a.conns {
		_ = c.Close() // nothing was left to write
	}
	a.done.Wait()
}

// openFeed returns when the server has answered.
func openFeed(feed string) (net.Conn, *bufio.Reader, error) {
	u, err := url.Parse(feed)
	if err != nil {
		return nil, nil, err
	}
	conn, err := net.DialTimeout("tcp", u.Host, patience)
	if err != nil {
		return nil, nil, err
	}
	body, err := requestFeed(conn, feed)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open %s: %w", feed, err), conn.Close())
	}
	return conn, body, nil
}

func requestFeed(conn net.Conn, feed string) (*bufio.Reader, error) {
	r, err := http.NewRequest(http.MethodGet, feed, nil)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	if err := r.Write(conn); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status)
	}
	return bufio.NewReader(answer.Body), conn.SetDeadline(time.Time{})
}

func (a *audience) listen(body *bufio.Reader) {
	for {
		if _, err := readEvent(body, nil); err != nil {
			a.faults <- fmt.Errorf("read a feed: %w", err)
			return
		}
		a.arrived <- time.Now()
	}
}

// readEvent appends the next event to b, unless that is nil: its bytes up to
// the empty line. Comments are not events.
func readEvent(r *bufio.Reader, b []byte) ([]byte, error) {
	event, start := false, true // of a line
	for {
		part, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, err
		}
		if b != nil {
			b = append(b, part...)
		}
		switch {
		case start && part[0] == '\n' && event:
			return b, nil
		case start && part[0] == '\n':
			b = b[:0] // it was a comment
		case start && part[0] != ':':
			event = true
		}
		start = err == nil
	}
}

// hear calls post, n times, and each time waits until everyone has heard of it.
// It returns how long that took each client from before the call, and how long
// the calls took.
func (a *audience) hear(ctx context.Context, n int, post func(context.Context) error) (heard, answered []time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(n)*patience)
	defer cancel()
	for range n {
		if len(a.arrived) > 0 {
			return nil, nil, errors.New("an event came that nobody had asked for")
		}
		begun := time.Now()
		if err := post(ctx); err != nil {
			return nil, nil, err
		}
		answered = append(answered, time.Since(begun))
		for i := range a.conns {
			select {
			case at := <-a.arrived:
				heard = append(heard, at.Sub(begun))
			case err := <-a.faults:
				return nil, nil, err
			case <-ctx.Done():
				return nil, nil, fmt.Errorf("%d of %d clients were told: %w", i, len(a.conns), ctx.Err())
			}
		}
	}
	return heard, answered, nil
}
