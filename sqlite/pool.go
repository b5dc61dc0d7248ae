package sqlite

import (
	"context"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// readConn is a connection that only reads, with its statements.
type readConn struct {
	*zs.Conn
	log, stream, last, command, head *zs.Stmt
}

// openReadConn opens one connection of a pool.
func openReadConn(path string) (*readConn, error) {
	c, err := openConn(path, zs.OpenReadOnly, readerPragmas())
	if err != nil {
		return nil, err
	}
	r := &readConn{Conn: c}
	err = prepareAll(c, map[string]**zs.Stmt{
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
	free   chan *readConn // holds those that are not lent; never full
	size   int
	closed chan struct{} // closed by close, never sent to
}

// openPool opens all connections of a pool.
func openPool(path string, size int) (*pool, error) {
	p := &pool{free: make(chan *readConn, size), closed: make(chan struct{})}
	for ; p.size < size; p.size++ {
		c, err := openReadConn(path)
		if err != nil {
			p.close()
			return nil, err
		}
		p.free <- c
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
	case c := <-p.free:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, ironstar.ErrClosed
	}
}

func (p *pool) put(c *readConn) { p.free <- c }

// close waits for the connections that are lent and closes all. It is called once.
func (p *pool) close() error {
	close(p.closed)
	var first error
	for range p.size {
		if err := (<-p.free).Close(); first == nil {
			first = err
		}
	}
	return first
}
