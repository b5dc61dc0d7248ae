package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"
)

// room is many feeds of one page, one for each bidder. A feed records when it has a
// patch, and the position that is the beginning of the patch's id.
type room struct {
	bytes atomic.Int64 // of bodies
	conns []net.Conn
	done  sync.WaitGroup

	mu      sync.Mutex // guards what follows
	feeds   [][]sighting
	target  int64 // a position
	behind  int   // feeds that have not reached it
	reached chan struct{}
	fault   error
}

// sighting is a patch at a feed.
type sighting struct {
	at       time.Time
	position int64
}

// openRoom opens n feeds, and returns when each has its first patch. The caller closes it.
func openRoom(ctx context.Context, feed string, n int, coding string) (*room, error) {
	r := &room{feeds: make([][]sighting, n)}
	for i := range n {
		conn, body, err := openFeed(feed, coding, i)
		if err != nil {
			r.close()
			return nil, err
		}
		r.conns = append(r.conns, conn)
		var in io.Reader = &counter{body, &r.bytes}
		if coding == "zstd" {
			z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
			if err != nil {
				r.close()
				return nil, err
			}
			in = z
		}
		r.done.Go(func() { r.listen(i, bufio.NewReader(in)) })
	}
	if err := r.await(ctx, 1); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *room) close() {
	for _, c := range r.conns {
		_ = c.Close() // nothing is written
	}
	r.done.Wait()
}

func (r *room) listen(i int, in *bufio.Reader) {
	for {
		position, err := readPosition(in)
		now := time.Now()
		r.mu.Lock()
		before := r.last(i)
		if err == nil {
			r.feeds[i] = append(r.feeds[i], sighting{now, position})
		} else {
			r.fault = errors.Join(r.fault, fmt.Errorf("read feed %d: %w", i, err))
		}
		if r.reached != nil && before < r.target && position >= r.target {
			r.behind--
		}
		if r.reached != nil && (r.behind == 0 || r.fault != nil) {
			close(r.reached)
			r.reached = nil
		}
		r.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// last is the position that a feed shows. r.mu is held.
func (r *room) last(i int) int64 {
	if len(r.feeds[i]) == 0 {
		return 0
	}
	return r.feeds[i][len(r.feeds[i])-1].position
}

// await waits until all feeds show a position.
func (r *room) await(ctx context.Context, position int64) error {
	ctx, cancel := context.WithTimeout(ctx, 3*patience)
	defer cancel()
	reached := make(chan struct{})
	r.mu.Lock()
	r.target, r.behind = position, 0
	for i := range r.feeds {
		if r.last(i) < position {
			r.behind++
		}
	}
	wait := r.behind > 0 && r.fault == nil
	if wait {
		r.reached = reached
	}
	r.mu.Unlock()
	if wait {
		select {
		case <-reached:
		case <-ctx.Done():
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.behind > 0 {
		return errors.Join(r.fault, fmt.Errorf("%d of %d feeds do not show position %d: %w", r.behind, len(r.feeds), position, ctx.Err()))
	}
	return r.fault
}

// heard returns the time from each of some bids to each feed that shows it.
func (r *room) heard(bids []sighting) (took []time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, seen := range r.feeds {
		for _, b := range bids {
			at, _ := slices.BinarySearchFunc(seen, b.position, func(s sighting, p int64) int { return int(s.position - p) })
			if at < len(seen) {
				took = append(took, seen[at].at.Sub(b.at))
			}
		}
	}
	return took
}

var errNoPosition = errors.New("an event has no id with a position")

// readPosition reads the next event, and returns the position in its id.
func readPosition(r *bufio.Reader) (position int64, err error) {
	event, start := false, true // at the start of a line
	for position = -1; ; {
		part, err := r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
		switch {
		case start && part[0] == '\n' && event && position < 0:
			return 0, errNoPosition
		case start && part[0] == '\n' && event:
			return position, nil
		case start && bytes.HasPrefix(part, []byte("id: ")):
			digits, _, _ := bytes.Cut(part[len("id: "):], []byte("."))
			if position, err = strconv.ParseInt(string(bytes.TrimSpace(digits)), 10, 64); err != nil {
				return 0, errNoPosition
			}
		case start && part[0] != '\n' && part[0] != ':':
			event = true
		}
		start = part[len(part)-1] == '\n'
	}
}
