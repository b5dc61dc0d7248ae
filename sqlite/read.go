package sqlite

import (
	"context"
	"fmt"
	"iter"
	"math"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// A read fetches one chunk, gives its connection back, and then yields the
// records; a slow consumer holds no connection and no transaction. A chunk ends at
// the first of these bounds.
const (
	chunkRows  = 1024
	chunkBytes = 1 << 20 // of payload and metadata
)

// preparing are the functions that Log was given, called with each record.
type preparing []func(*ironstar.Record)

func (p preparing) all(records []*ironstar.Record) {
	for _, f := range p {
		for _, r := range records {
			f(r)
		}
	}
}

// log yields the records in (after, end].
func (p *pool) log(ctx context.Context, after, end ironstar.Position, prepare preparing, yield func(*ironstar.Record, error) bool) bool {
	if end-after > partRows {
		return p.readAhead(ctx, after, end, prepare, yield)
	}
	return p.chunks(ctx, &scanner{}, after, end, prepare, yield)
}

// chunks is log, one chunk after the other.
func (p *pool) chunks(ctx context.Context, s *scanner, after, end ironstar.Position, prepare preparing, yield func(*ironstar.Record, error) bool) bool {
	for after < end {
		if err := p.read(ctx, s, after, end); err != nil {
			yield(nil, err)
			return false
		}
		prepare.all(s.records)
		for _, r := range s.records {
			if !yield(r, nil) {
				return false
			}
			after = r.Position
		}
	}
	return true
}

// read fetches a chunk of (after, end], which has at least one record.
func (p *pool) read(ctx context.Context, s *scanner, after, end ironstar.Position) error {
	err := p.chunk(ctx, func(c *readConn) error {
		c.log.BindInt64(1, int64(after))
		c.log.BindInt64(2, int64(end))
		defer c.log.Reset()
		s.unchecked = c.unchecked
		return s.scan(c.log)
	})
	if err != nil {
		return fmt.Errorf("read log after %d: %w", after, err)
	}
	for i, r := range s.records {
		if want := after + ironstar.Position(i) + 1; r.Position != want { // G4
			return fmt.Errorf("read log after %d: %w: there is no event at %d", after, ironstar.ErrDamaged, want)
		}
	}
	if len(s.records) == 0 {
		return fmt.Errorf("read log after %d: %w: it ends before %d", after, ironstar.ErrDamaged, end)
	}
	return nil
}

// stream yields the records of one stream after a version, up to its end at the
// first chunk. Most streams fit into that: it ends where they do, and their end
// need not be looked up.
func (p *pool) stream(ctx context.Context, stream ironstar.Stream, after ironstar.Version, yield func(*ironstar.Record, error) bool) {
	s := scanner{stream: stream}
	end, first := unknownEnd, true
	fetch := func(c *readConn) error {
		if first { // also when it is fetched again
			end = unknownEnd
		}
		c.stream.BindInt64(1, int64(after))
		c.stream.BindInt64(2, int64(end))
		c.stream.BindText(3, stream.Kind)
		c.stream.BindText(4, stream.ID)
		defer c.stream.Reset()
		s.unchecked = c.unchecked
		if err := s.scan(c.stream); err != nil || !first {
			return err
		}
		end = after + ironstar.Version(len(s.records))
		if !s.more {
			return nil
		}
		t, err := readStreamEnd(c.last, stream) // of the snapshot that c.stream still reads
		end = t.version
		return err
	}
	for after < end {
		if err := p.chunk(ctx, fetch); err != nil {
			yield(nil, fmt.Errorf("read %s after %d: %w", stream, after, err))
			return
		}
		first = false
		if len(s.records) == 0 && after < end {
			yield(nil, fmt.Errorf("read %s after %d: %w: the stream ends before %d", stream, after, ironstar.ErrDamaged, end))
			return
		}
		for _, r := range s.records {
			if r.Sequence != after+1 {
				yield(nil, fmt.Errorf("read %s after %d: %w: event %d comes next", stream, after, ironstar.ErrDamaged, r.Sequence))
				return
			}
			if !yield(r, nil) {
				return
			}
			after = r.Sequence
		}
	}
}

// unknownEnd is the end of a stream that is not read yet. No stream reaches it.
const unknownEnd ironstar.Version = math.MaxInt64

// chunk runs fetch on a connection of the pool. If the connection turns out not to
// be current, fetch is run again on another, and its first result is dropped.
func (p *pool) chunk(ctx context.Context, fetch func(*readConn) error) error {
	for {
		c, err := p.take(ctx)
		if err != nil {
			return err
		}
		err = again(func() error { return fetch(c) })
		if c.current() {
			p.put(c)
			return explain(err)
		}
		other, err := p.open()
		if err != nil {
			p.put(c)
			return fmt.Errorf("open a file again that a program began to write to: %w", explain(err))
		}
		c.Close() // it only read
		p.put(other)
	}
}

// streamEnd is the end of a stream.
type streamEnd struct {
	version  ironstar.Version
	position ironstar.Position
	final    bool
}

// readStreamEnd runs a prepared sqlLastOfStream.
func readStreamEnd(st *zs.Stmt, s ironstar.Stream) (streamEnd, error) {
	st.BindText(1, s.Kind)
	st.BindText(2, s.ID)
	defer st.Reset()
	row, err := st.Step()
	if err != nil || !row {
		return streamEnd{}, err
	}
	return streamEnd{
		version:  ironstar.Version(st.ColumnInt64(0)),
		position: ironstar.Position(st.ColumnInt64(1)),
		final:    st.ColumnInt64(2) != 0,
	}, nil
}

// readHead runs a prepared sqlHead.
func readHead(st *zs.Stmt) (ironstar.Position, error) {
	defer st.Reset()
	if _, err := st.Step(); err != nil {
		return 0, err
	}
	return ironstar.Position(st.ColumnInt64(0)), nil
}

// Stream implements [ironstar.Store].
func (s *Store) Stream(ctx context.Context, stream ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		if err := stream.Check(); err != nil {
			yield(nil, fmt.Errorf("read stream: %w", err))
			return
		}
		s.reads.stream(ctx, stream, max(after, 0), yield)
	}
}

// Log implements [ironstar.Store].
func (s *Store) Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		if err := s.usable(ctx); err != nil {
			yield(nil, fmt.Errorf("read log after %d: %w", after, err))
			return
		}
		s.reads.log(ctx, max(after, 0), ironstar.Position(s.head.Load()), prepare, yield)
	}
}

// Follow implements [ironstar.Store]. It sees the appends of this Store only
// and does not poll, because a file has one server.
func (s *Store) Follow(ctx context.Context, after ironstar.Position) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		s.recent.followers.Add(1)
		defer s.recent.followers.Add(-1)
		after := max(after, 0)
		pass := func(r *ironstar.Record, err error) bool { // the end of ctx is not an error
			if err != nil && ctx.Err() != nil {
				return false
			}
			if r != nil {
				after = r.Position
			}
			return yield(r, err)
		}
		for {
			moved := s.headMoved.Next()
			head := ironstar.Position(s.head.Load())
			for _, r := range s.recent.after(after, head) {
				if ctx.Err() != nil || !pass(r, nil) {
					return
				}
			}
			if !s.reads.log(ctx, after, head, nil, pass) {
				return
			}
			select {
			case <-moved:
			case <-ctx.Done():
				return
			case <-s.closing:
				yield(nil, fmt.Errorf("follow log after %d: %w", after, ironstar.ErrClosed))
				return
			}
		}
	}
}
