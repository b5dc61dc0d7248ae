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

// patience is how long an operation of a feed may take before it is an error.
const patience = 10 * time.Second

// audience is many clients that follow one feed, each on its own HTTP/1.1
// connection, as separate browsers do. A client only reads and records the
// time, because it uses the same processors as the server.
type audience struct {
	conns   []net.Conn
	bytes   atomic.Int64   // of bodies
	arrived chan time.Time // times of events at clients; one for each client fits, and a client waits when it is full
	faults  chan error     // errors of clients; one for each client fits
	done    sync.WaitGroup
}

// openAudience opens n feeds with a content coding: "zstd", or "" for none. The
// caller closes it.
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

// counter counts the bytes that are read.
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
		_ = c.Close() // nothing is written
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

// keepAliveBlock is the head of an uncompressed block of three bytes, which are a
// comment.
const keepAliveBlock = 3 << 3

// blocks reads zstd up to the end of a block that decodes to something and is
// neither the last of its frame nor a keep-alive: a patch is one. Decoding for thousands of clients
// would need gigabytes. Tests check that feeds can be decoded.
func blocks(r io.Reader) error {
	var head [3]byte
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return err
		}
		v := uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16
		size := int64(v >> 3)
		switch v {
		case 0x2fb528: // the beginning of a frame: no block has this type and size
			v, size = 1, 3
		case 0x4d2a50: // a skippable frame
			v, size = 1, 5
		}
		if _, err := io.CopyN(io.Discard, r, size); err != nil {
			return err
		}
		if v&1 == 0 && size > 0 && v != keepAliveBlock {
			return nil
		}
	}
}

// readEvent appends the next event to b if b is not nil: its bytes up to the
// empty line. Comments are not events.
func readEvent(r *bufio.Reader, b []byte) ([]byte, error) {
	event, start := false, true // at the start of a line
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

// hear calls post n times, and each time waits until all clients have the
// event. It returns the time from before each call to each client, and the
// duration of each call.
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
