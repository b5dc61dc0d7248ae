package sqlite

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"ironstar.dev"
)

// Reader reads a store's file, also while a server runs, and writes nothing to
// it. All methods may be called from any goroutine. It cannot follow: it is not
// woken when another process appends.
type Reader struct {
	snapshotReader
	reads *pool
	close func() error // closes reads the first time it is called
}

// readerConns is how many connections a reader has, so that a log is read by
// more than one processor.
const readerConns = 2

// OpenReader opens the file at path for reading. It takes no lock and makes no
// file beside it, so that the folder may be read-only. Whoever opens a reader
// closes it. The errors are those of [Open], without that of the lock; besides,
// what a killed program left may have to be repaired by a server first.
func OpenReader(ctx context.Context, path string) (*Reader, error) {
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open reader: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open reader of %s: %w", path, err)
	}
	r, err := openReader(path)
	if err != nil {
		return nil, fmt.Errorf("open reader of %s: %w", path, err)
	}
	return r, nil
}

func openReader(path string) (*Reader, error) {
	empty, err := isEmpty(path)
	if err != nil {
		return nil, err
	}
	switch {
	case empty && size(path) < 0:
		return nil, errNoFile
	case empty:
		return nil, errNoStore
	}
	c, _, err := openQuiet(path, nil)
	if err != nil {
		return nil, explain(err)
	}
	logID, err := checkConn(c)
	c.Close() // it only read
	if err != nil {
		return nil, explain(err)
	}
	reads, err := openPool(readerConns, func() (*readConn, error) { return openQuietConn(path) })
	if err != nil {
		return nil, explain(err)
	}
	return &Reader{snapshotReader: snapshotReader{reads, logID}, reads: reads, close: sync.OnceValue(reads.close)}, nil
}

// LogID is the log's random name; see [ironstar.Store].
func (r *Reader) LogID() string { return r.logID }

// Head is the position of the last stored event, 0 for none.
func (r *Reader) Head(ctx context.Context) (head ironstar.Position, err error) {
	err = r.reads.chunk(ctx, func(c *readConn) error {
		head, err = readHead(c.head)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read head: %w", err)
	}
	return head, nil
}

// Shapes are the event versions that the file holds, in the shapes that they
// were stored in, sorted. Nothing else about them is stored.
func (r *Reader) Shapes(ctx context.Context) ([]ironstar.Shape, error) {
	var held shapes
	err := r.reads.chunk(ctx, func(c *readConn) (err error) {
		held, err = readShapes(c.Conn)
		return err
	})
	if err != nil {
		return nil, err
	}
	return held.list(), nil
}

// Stream reads one stream as [ironstar.Store] says.
func (r *Reader) Stream(ctx context.Context, stream ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		if err := stream.Check(); err != nil {
			yield(nil, fmt.Errorf("read stream: %w", err))
			return
		}
		r.reads.stream(ctx, stream, after, yield)
	}
}

// Log reads the log as [ironstar.Store] says.
func (r *Reader) Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		head, err := r.Head(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		r.reads.log(ctx, max(after, 0), head, prepare, yield)
	}
}

// Close waits for chunks being read and releases the file. Further calls return
// what the first returned.
func (r *Reader) Close() error { return r.close() }
