package sqlite

import (
	"context"
	"fmt"
	"iter"
	"sync"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// Reader reads a store's file, also while a server runs, and writes nothing to
// it. All methods may be called from any goroutine. It cannot follow: it is not
// woken when another process appends.
type Reader struct {
	logID string
	reads *pool
	close func() error // closes reads the first time it is called
}

// OpenReader opens the file at path for reading. It takes no lock. The
// directory must be writable unless a server runs, because SQLite keeps an
// index of the write-ahead log beside the file. Whoever opens a reader closes
// it. The errors are those of [Open], without that of the lock.
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
	if empty {
		return nil, errNoStore
	}
	logID, err := checkFile(path, zs.OpenReadOnly)
	if err != nil {
		return nil, err
	}
	reads, err := openPool(path, 1)
	if err != nil {
		return nil, err
	}
	return &Reader{logID: logID, reads: reads, close: sync.OnceValue(reads.close)}, nil
}

// LogID is the log's random name; see [ironstar.Store].
func (r *Reader) LogID() string { return r.logID }

// Head is the position of the last stored event, 0 for none.
func (r *Reader) Head(ctx context.Context) (ironstar.Position, error) {
	c, err := r.reads.take(ctx)
	if err != nil {
		return 0, fmt.Errorf("read head: %w", err)
	}
	defer r.reads.put(c)
	return readHead(c.head)
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
func (r *Reader) Log(ctx context.Context, after ironstar.Position) iter.Seq2[*ironstar.Record, error] {
	return func(yield func(*ironstar.Record, error) bool) {
		head, err := r.Head(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		r.reads.log(ctx, max(after, 0), head, yield)
	}
}

// Close waits for chunks being read and releases the file. Further calls return
// what the first returned.
func (r *Reader) Close() error { return r.close() }
