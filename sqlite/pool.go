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
	still                            *still // nil beside the writer
}

// openReadConn opens a connection beside the writer.
func openReadConn(path string) (*readConn, error) {
	c, err := openConn(path, zs.OpenReadOnly, readerPragmas())
	if err != nil {
		return nil, err
	}
	return newReadConn(c, nil)
}

// openQuietConn opens a connection that leaves no trace.
func openQuietConn(path string) (*readConn, error) {
	c, still, err := openQuiet(path, readerPragmas())
	if err != nil {
		return nil, err
	}
	return newReadConn(c, still)
}

func newReadConn(c *zs.Conn, still *still) (*readConn, error) {
	r := &readConn{Conn: c, still: still}
	err := prepareAll(c, map[string]**zs.Stmt{
		sqlReadLog:      &r.log,
		sqlReadStream:   &r.stream,
		sqlLastOfStream: &r.last,
		sqlCommand:      &r.command,
		sqlHead:         &r.head,
	})
	if err != nil {
		c.Close()
		return nil, err
	}
	return r, nil
}

// pool lends connections that read. (zombiezen's own pool starts a goroutine
// for each loan, to interrupt long queries; ours are short.)
type pool struct {
	open   func() (*readConn, error)
	size   int
	free   chan struct{} // a token for each that is not lent; never full
	closed chan struct{} // closed by close, never sent to

	mu   sync.Mutex
	idle []*readConn // that are not lent; the last one was used last and is lent first, with what it has in its cache
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
