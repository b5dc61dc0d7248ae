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
	processReader
	claimReader
	reads *pool
	close func() error // closes reads the first time it is called
}

// readerConns is how many connections a reader has, so that a log is read by
// more than one processor.
const readerConns = 2

// OpenReader opens the file at path for reading. It takes no lock and makes no
// file, so the folder may be read-only. The caller closes the reader. The
// errors are those of [Open], except the one about the lock. If a killed
// program left the file half written, a server has to repair it first.
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
	m := markOf(path)
	if err := m.checkAlone(path); err != nil {
		return nil, err
	}
	inode, err := useInode(path)
	if err != nil {
		return nil, err
	}
	r, err := openReadOnlyPool(path, inode, m)
	if err != nil {
		inode.release()
		return nil, explainFile(path, err)
	}
	r.close = sync.OnceValue(func() error {
		defer inode.release()
		return r.reads.close()
	})
	return r, nil
}

// openReadOnlyPool opens the connections of a reader.
func openReadOnlyPool(path string, inode *inodeUse, m mark) (*Reader, error) {
	if err := checkReadable(path, inode); err != nil {
		return nil, err
	}
	if err := inode.checkJournalMode(path); err != nil {
		return nil, err
	}
	c, _, err := openReadOnly(path, nil)
	if err != nil {
		return nil, err
	}
	var logID string
	err = again(func() (err error) {
		if logID, err = checkConn(c); err != nil {
			return err
		}
		return m.checkHead(path, c)
	})
	c.Close() // it only read
	if err != nil {
		return nil, err
	}
	reads, err := openPool(readerConns, func() (*readConn, error) { return openReadOnlyConn(path) })
	if err != nil {
		return nil, err
	}
	return &Reader{snapshotReader: snapshotReader{reads, logID}, processReader: processReader{reads}, claimReader: claimReader{reads}, reads: reads}, nil
}

// LogID is the log's random name; see [ironstar.Store].
func (r *Reader) LogID() string { return r.logID }

// Head returns the position of the last stored event, or 0.
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
		held, err = readShapes(c.Conn, c.unchecked)
		return err
	})
	if err != nil {
		return nil, err
	}
	return held.list(), nil
}

// Stream reads one stream, as defined by [ironstar.Store].
func (r *Reader) Stream(ctx context.Context, stream ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		if err := stream.Check(); err != nil {
			yield(nil, fmt.Errorf("read stream: %w", err))
			return
		}
		r.reads.stream(ctx, stream, max(after, 0), yield)
	}
}

// Log reads the log, as defined by [ironstar.Store].
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

// Close waits for chunks that are being read and closes the file. Further calls
// return the result of the first.
func (r *Reader) Close() error { return r.close() }
