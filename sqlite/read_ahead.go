package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"ironstar.dev"
)

// partRows is the default number of records in a part.
const partRows = 512

// maxScanners is how many goroutines read one log at the same time.
const maxScanners = 4

// readAhead reads a range of the log on all processors. The range is cut into
// parts. Helpers take one part after the other, read it and prepare its
// records. The consumer does so too, while the part that it needs is being
// read. No processor is idle as long as there is room for parts. With one
// processor there are no helpers, and the consumer reads everything.
type readAhead struct {
	pool    *pool
	end     ironstar.Position
	prepare preparing

	room  chan struct{} // a token for each part that may be taken; its capacity is the number of parts, so sending never blocks
	parts []chan part   // part n is sent to channel n modulo their number, which then has room for it

	mu   sync.Mutex // guards what follows
	next int        // index of the first part that is not taken
	from ironstar.Position
	rows ironstar.Position // that a part should have; fewer where records are large
}

// part holds the records of (from, to]: all of them, or those that fit into one
// chunk.
type part struct {
	records []*ironstar.Record
	to      ironstar.Position
	err     error
}

func (p *pool) readAhead(ctx context.Context, after, end ironstar.Position, prepare preparing, yield func(*ironstar.Record, error) bool) bool {
	scanners := min(runtime.GOMAXPROCS(0), p.size, maxScanners)
	a := &readAhead{
		pool: p, end: end, prepare: prepare, from: after, rows: partRows,
		room: make(chan struct{}, 2*scanners), parts: make([]chan part, 2*scanners),
	}
	for i := range a.parts {
		a.parts[i] = make(chan part, 1)
		a.room <- struct{}{}
	}
	ctx, stop := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer stop()
	for range scanners - 1 {
		helpers.Go(func() { a.help(ctx) })
	}
	var s scanner
	for n := 0; after < end; n++ {
		part := a.await(ctx, n, &s)
		if err := ctx.Err(); err != nil { // also if it was read before that
			part.err = fmt.Errorf("read log after %d: %w", after, err)
		}
		if part.err != nil {
			yield(nil, part.err)
			return false
		}
		for _, r := range part.records {
			if !yield(r, nil) {
				return false
			}
			after = r.Position
		}
		if !p.chunks(ctx, &s, after, part.to, prepare, yield) {
			return false
		}
		after = part.to
		a.room <- struct{}{}
	}
	return true
}

// help reads parts until there are no more, one cannot be read, or ctx ends.
func (a *readAhead) help(ctx context.Context) {
	var s scanner
	for {
		select {
		case <-a.room:
		case <-ctx.Done():
			return
		}
		if !a.readNext(ctx, &s) {
			return
		}
	}
}

// await returns part n. Until it is there, the consumer reads the next parts.
func (a *readAhead) await(ctx context.Context, n int, s *scanner) part {
	ready := a.parts[n%len(a.parts)]
	for {
		select {
		case part := <-ready:
			return part
		default:
		}
		select {
		case part := <-ready:
			return part
		case <-a.room:
			if !a.readNext(ctx, s) { // all parts are taken, or the error is in this part or a later one
				return <-ready
			}
		}
	}
}

// readNext takes the next part and reads it. It reports whether there may be
// more. The caller has a token for it.
func (a *readAhead) readNext(ctx context.Context, s *scanner) bool {
	a.mu.Lock()
	n, from, to := a.next, a.from, min(a.from+a.rows, a.end)
	a.next, a.from = n+1, to
	a.mu.Unlock()
	if from == to {
		return false
	}
	s.records = make([]*ironstar.Record, 0, to-from)
	err := a.pool.read(ctx, s, from, to)
	if err == nil {
		a.prepare.all(s.records)
		if got := ironstar.Position(len(s.records)); got < to-from { // the chunk was full
			a.mu.Lock()
			a.rows = min(a.rows, got)
			a.mu.Unlock()
		}
	}
	a.parts[n%len(a.parts)] <- part{s.records, to, err}
	s.records = nil // they are the consumer's
	return err == nil
}
