package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// patience is how long anything about a feed may take before it is an error.
const patience = 10 * time.Second

// audience is many clients that follow one feed, each on a connection of its
// own with HTTP/1.1, as browsers do that do not share a connection. A client
// reads and notes the time, no more: it takes part in the same two processors.
type audience struct {
	conns   []net.Conn
	bytes   atomic.Int64   // of bodies
	arrived chan time.Time // of an event at one client; one for each fits, and a client waits when it is full
	faults  chan error     // of clients; one for each fits
	done    sync.WaitGroup
}

// openAudience opens n feeds in a coding: "zstd", or "" for none. Whoever opens
// an audience closes it.
func openAudience(feed string, n int, coding string) (*audience, error) {
	a := &audience{arrived: make(chan time.Time, n), faults: make(chan error, n)}
	for i := range n {
		conn, body, err := openFeed(feed, coding, i)
		if err != nil {
			a.close()
			return nil, err
		}
		a.conns = append(a.conns, conn)
		counted := &counter{body, &a.bytes}
		next := func() error { return blocks(counted) }
		if coding == "" {
			r := bufio.NewReader(counted)
			next = func() error { _, err := readEvent(r, nil); return err }
		}
		a.done.Go(func() { a.listen(next) })
	}
	return a, nil
}

// counter counts what is read.
type counter struct {
	r   io.Reader
	sum *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.sum.Add(int64(n))
	return n, err
}

func (a *audience) close() {
	for _, c := range a.conns {
		_ = c.Close() // nothing was left to write
	}
	a.done.Wait()
}

// perAddress is how many feeds come from one address: a server allows 1024.
const perAddress = 1000

// openFeed opens the ith feed and returns when the server has answered.
func openFeed(feed, coding string, i int) (net.Conn, io.Reader, error) {
	u, err := url.Parse(feed)
	if err != nil {
		return nil, nil, err
	}
	d := net.Dialer{Timeout: patience}
	if i >= perAddress {
		d.LocalAddr = &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(1+i/perAddress))}
	}
	conn, err := d.Dial("tcp", u.Host)
	if err != nil {
		return nil, nil, err
	}
	body, err := requestFeed(conn, feed, coding)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open %s: %w", feed, err), conn.Close())
	}
	return conn, body, nil
}

func requestFeed(conn net.Conn, feed, coding string) (io.Reader, error) {
	r, err := http.NewRequest(http.MethodGet, feed, nil)
	if err != nil {
		return nil, err
	}
	if coding != "" {
		r.Header.Set("Accept-Encoding", coding)
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
	if got := answer.Header.Get("Content-Encoding"); answer.StatusCode != http.StatusOK || got != coding {
		return nil, fmt.Errorf("%s, content coding %q instead of %q", answer.Status, got, coding)
	}
	return answer.Body, conn.SetDeadline(time.Time{})
}

func (a *audience) listen(next func() error) {
	for {
		if err := next(); err != nil {
			a.faults <- fmt.Errorf("read a feed: %w", err)
			return
		}
		a.arrived <- time.Now()
	}
}

// blocks reads zstd up to the end of a block that decodes to something and is
// not the last of its frame: a patch is one. Decoding for thousands would need
// gigabytes; that what is sent can be decoded is for tests to say.
func blocks(r io.Reader) error {
	var head [3]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		v := uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16
		size := int64(v >> 3)
		switch v {
		case 0x2fb528: // a frame begins: no block has this type and size
			v, size = 1, 3
		case 0x4d2a50: // an empty one that is skipped
			v, size = 1, 5
		}
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return err
		}
		if v&1 == 0 && size > 0 {
			return nil
		}
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
			return nil, nil, fmt.Errorf("an event came that nobody had asked for: %d, %d bytes", len(a.arrived), a.bytes.Load())
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
