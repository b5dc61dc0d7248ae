package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"ironstar.dev"
)

// Options of [Open]. The zero value works.
type Options struct {
	// Shapes are the event shapes of this build. A file that holds another
	// shape of one of them is refused with [ironstar.ErrShape].
	Shapes []ironstar.Shape

	// Readers is the number of connections that read; 4 if it is 0. A read
	// holds one only while it fetches a chunk, never while its consumer works.
	Readers int

	// MaxBatch is the number of appends after which a transaction takes no
	// more calls of Append; 512 if it is 0. The appends of one call are never
	// split.
	MaxBatch int

	// Queue is the number of calls of Append that may wait for the writer;
	// 1024 if it is 0. Further calls wait for a place until their context ends.
	Queue int

	// Logger is told what the operator must know and no caller can help: at
	// level Error that appends are refused because the file cannot be written,
	// when it begins and then at most every ten seconds, and at Info that it
	// works again; at Warn that a connection was replaced after an error, and that
	// the write-ahead log grows because it cannot be copied into the file or
	// another program reads an old state of it. It is slog.Default() if it is
	// nil.
	Logger *slog.Logger
}

// withDefaults fills in what was left zero.
func (o Options) withDefaults() Options {
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.MaxBatch <= 0 {
		o.MaxBatch = 512
	}
	if o.Queue <= 0 {
		o.Queue = 1024
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Store implements [ironstar.Store] on one SQLite file that it owns. All
// methods may be called from any goroutine.
type Store struct {
	snapshotReader
	reads  *pool
	writer *writer      // nil beside an owner; guarded by gate
	lock   *fileLock    // the same
	beside *beside      // nil once this process owns the file; guarded by gate
	head   atomic.Int64 // position of the last event that readers may see
	bell   bell         // rings when head has moved
	fresh  fresh

	// Of *request, those that nobody uses: one costs more to make than the rest
	// of Append does. Each store has its own, since a channel that a test with a
	// clock of its own has made is of no use elsewhere.
	requests sync.Pool

	gate     sync.RWMutex   // guards closed against calls that are about to enter
	closed   bool           // no call enters any more
	entered  sync.WaitGroup // appends under way
	closing  chan struct{}  // closed by Close, never sent to; ends Follow
	closeErr error          // what the first Close returned
	done     chan struct{}  // closed when the first Close is through
}

var _ ironstar.Store = (*Store)(nil)

// Open opens the store at path, and makes it if there is no file or an empty
// one. The directory must exist. Whoever opens a store closes it.
//
// The error is a [*LockedError] if another process owns the file, wraps
// [ironstar.ErrShape] if the build and the file disagree about an event, and
// else says what is wrong with the file and what to do about it; then nothing
// was written to it, but that a write which a killed program left unfinished in
// a log may have been rolled back. ctx bounds opening only.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	o = o.withDefaults()
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	// Before anything is written, a lock file included.
	checked, err := recognize(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	lock, err := lockFile(path)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s, err := openLocked(path, checked, o)
	if err != nil {
		lock.release()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s.lock = lock
	return s, nil
}

// openLocked opens a file whose lock is held. checked says that it was there
// before and is good.
func openLocked(path string, checked bool, o Options) (*Store, error) {
	empty, err := isEmpty(path)
	if err != nil {
		return nil, err
	}
	switch {
	case empty:
		err = createFile(path)
	case !checked:
		err = repair(path)
	}
	if err != nil {
		return nil, err
	}
	s := newStore()
	w, err := newWriter(path, o, s.publish)
	if err != nil {
		return nil, explain(err)
	}
	if err := w.conn.shapes.check(o.Shapes); err != nil {
		w.closeConn()
		return nil, err
	}
	// The readers stay open as long as the store: see writer.settle.
	s.reads, err = openPool(o.Readers, func() (*readConn, error) { return openReadConn(path) })
	if err != nil {
		w.closeConn()
		return nil, err
	}
	s.writer, s.logID = w, w.conn.logID
	s.head.Store(int64(w.conn.head))
	s.snapshotReader.pool = s.reads
	w.start(s.reads)
	return s, nil
}

func newStore() *Store {
	s := &Store{closing: make(chan struct{}), done: make(chan struct{})}
	s.requests.New = newRequest
	return s
}

// publish makes events up to head visible to readers of this process. Only the
// writer calls it, in position order.
func (s *Store) publish(head ironstar.Position, rows []row, now int64) {
	s.fresh.put(rows, now)
	if s.head.Swap(int64(head)) != int64(head) {
		s.bell.ring()
	}
}

// LogID implements [ironstar.Store].
func (s *Store) LogID() string { return s.logID }

// Head implements [ironstar.Store].
func (s *Store) Head(ctx context.Context) (ironstar.Position, error) {
	if err := s.usable(ctx); err != nil {
		return 0, fmt.Errorf("read head: %w", err)
	}
	return ironstar.Position(s.head.Load()), nil
}

// Command implements [ironstar.Store].
func (s *Store) Command(ctx context.Context, stream ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	receipt, found, err := s.command(ctx, stream, id, request)
	if err != nil {
		err = fmt.Errorf("look up command %q of %s: %w", id, stream, err)
	}
	return receipt, found, err
}

func (s *Store) command(ctx context.Context, stream ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	if err := stream.Check(); err != nil {
		return ironstar.Receipt{}, false, err
	}
	if id == "" {
		return ironstar.Receipt{}, false, nil
	}
	if err := s.usable(ctx); err != nil {
		return ironstar.Receipt{}, false, err
	}
	c, err := s.reads.take(ctx)
	if err != nil {
		return ironstar.Receipt{}, false, err
	}
	defer s.reads.put(c)
	return findCommand(c.command, stream, id, request)
}

// usable reports that the store is closed or ctx has ended.
func (s *Store) usable(ctx context.Context) error {
	select {
	case <-s.closing:
		return ironstar.ErrClosed
	default:
		return ctx.Err()
	}
}

// Close waits for appends under way, ends every Follow with
// [ironstar.ErrClosed], and releases the file and its lock. Calls after the
// first wait for it and return what it returned.
func (s *Store) Close() error {
	s.gate.Lock()
	first := !s.closed
	s.closed = true
	s.gate.Unlock()
	if !first {
		<-s.done
		return s.closeErr
	}
	close(s.closing)
	s.entered.Wait()
	if s.beside != nil {
		s.beside.end()
		s.closeErr = s.reads.close()
		close(s.done)
		return s.closeErr
	}
	s.writer.stop()
	s.closeErr = s.reads.close()
	// Last, so that SQLite folds the write-ahead log into the file.
	if err := s.writer.closeConn(); s.closeErr == nil {
		s.closeErr = err
	}
	s.lock.release()
	close(s.done)
	return s.closeErr
}
