package sqlite

import (
	"context"
	"sync"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// readConn is a connection that only reads, with its statements.
type readConn struct {
	*zs.Conn
	log, stream, last, command, head *zs.Stmt

	unchecked ironstar.Position // see readUnchecked
	state     *fileState        // of a file without a writer; else nil
}

// current reports whether the connection may be used again. It must not if a
// program has begun to write to a file that was opened as immutable, or if a
// server has migrated a file without checksums.
func (c *readConn) current() bool {
	if !c.state.unchanged() {
		return false
	}
	if c.unchecked != allUnchecked {
		return true
	}
	unchecked, err := readUnchecked(c.Conn)
	return err != nil || unchecked == allUnchecked
}

// openReadConn opens a connection to a file that has a writer.
func openReadConn(path string) (*readConn, error) {
	c, err := openConn(path, zs.OpenReadOnly, readerPragmas())
	if err != nil {
		return nil, err
	}
	return newReadConn(c, nil)
}

// openReadOnlyConn opens a connection for which SQLite writes nothing.
func openReadOnlyConn(path string) (*readConn, error) {
	var r *readConn
	err := again(func() error {
		c, state, err := openReadOnly(path, readerPragmas())
		if err != nil {
			return err
		}
		r, err = newReadConn(c, state)
		return err
	})
	return r, err
}

func newReadConn(c *zs.Conn, state *fileState) (*readConn, error) {
	unchecked, err := readUnchecked(c)
	if err != nil {
		c.Close()
		return nil, err
	}
	r := &readConn{Conn: c, unchecked: unchecked, state: state}
	err = prepareAll(c, map[string]**zs.Stmt{
		withChecksums(sqlReadLog, unchecked):    &r.log,
		withChecksums(sqlReadStream, unchecked): &r.stream,
		withChecksums(sqlCommand, unchecked):    &r.command,
		sqlLastOfStream:                         &r.last,
		sqlHead:                                 &r.head,
	})
	if err != nil {
		c.Close()
		return nil, err
	}
	return r, nil
}

// pool lends connections for reading. (zombiezen's own pool starts a goroutine
// for each loan, to interrupt long queries; the queries here are short.)
type pool struct {
	open   func() (*readConn, error)
	size   int
	free   chan struct{} // a token for each that is not lent; never full
	closed chan struct{} // closed by close, never sent to

	mu   sync.Mutex
	idle []*readConn // connections that are not lent; the last one was used last and is lent first, because its cache is warm
}

// openPool opens all connections of a pool.
func openPool(size int, open func() (*readConn, error)) (*pool, error) {
	p := &pool{open: open, free: make(chan struct{}, size), closed: make(chan struct{})}
	for ; p.size < size; p.size++ {
		c, err := open()
		if err != nil {
			p.close()
			return nil, err
		}
		p.put(c)
	}
	return p, nil
}

// take lends a connection, to be given back with put. It waits for one until
// ctx ends or the pool is closed.
func (p *pool) take(ctx context.Context) (*readConn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-p.closed:
		return nil, ironstar.ErrClosed
	default:
	}
	select {
	case <-p.free:
		return p.pop(), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, ironstar.ErrClosed
	}
}

func (p *pool) put(c *readConn) {
	p.mu.Lock()
	p.idle = append(p.idle, c)
	p.mu.Unlock()
	p.free <- struct{}{}
}

// takeAll takes all connections, waiting until they are returned or ctx ends.
// giveBack returns them.
func (p *pool) takeAll(ctx context.Context) (giveBack func(), all bool) {
	var held []*readConn
	giveBack = func() {
		for _, c := range held {
			p.put(c)
		}
	}
	for range p.size {
		c, err := p.take(ctx)
		if err != nil {
			return giveBack, false
		}
		held = append(held, c)
	}
	return giveBack, true
}

// pop takes a connection of which the caller has the token.
func (p *pool) pop() *readConn {
	p.mu.Lock()
	defer p.mu.Unlock()
	last := len(p.idle) - 1
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

// close waits for the connections that are lent and closes all. It is called once.
func (p *pool) close() error {
	close(p.closed)
	var first error
	for range p.size {
		<-p.free
		if err := p.pop().Close(); first == nil {
			first = err
		}
	}
	return first
}
