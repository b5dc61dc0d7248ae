package sqlite

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"ironstar.dev"
	"ironstar.dev/internal/broadcast"
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

	// QueueBytes is how many bytes of payloads may wait for the writer; 64 MB if
	// it is 0. Further calls of Append wait for room until their context ends.
	QueueBytes int

	// Logger gets what the operator must know and callers cannot change. At
	// level Error: appends are refused because the file cannot be written, when
	// that begins and then at most every ten seconds. At Info: it works again.
	// At Warn: a connection was replaced after an error, or the write-ahead log
	// grows because it cannot be copied into the file or another program reads
	// an old state of it. nil means slog.Default().
	Logger *slog.Logger
}

// withDefaults replaces zero values by defaults.
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
	if o.QueueBytes <= 0 {
		o.QueueBytes = 64 << 20
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
	processReader
	claimReader
	reads     *pool
	writer    *writer             // nil for a standby reader; guarded by gate
	lock      *fileLock           // the same
	standby   *standby            // nil once this process owns the file; guarded by gate
	inode     *inodeUse           // of a store that was opened as a standby reader
	head      atomic.Int64        // position of the last event that readers may see
	headMoved broadcast.Broadcast // sent when head has moved
	recent    recentRecords

	// Unused *request values: making one costs more than the rest of Append.
	// Each store has its own pool, because a channel made in a synctest bubble
	// must not be used outside of it.
	requests sync.Pool

	gate     sync.RWMutex   // guards closed against calls that are about to enter
	closed   bool           // no call enters any more
	entered  sync.WaitGroup // appends in progress
	closing  chan struct{}  // closed by Close, never sent to; ends Follow
	closeErr error          // result of the first Close
	done     chan struct{}  // closed when the first Close is through
}

var _ ironstar.Store = (*Store)(nil)

func newStore() *Store {
	s := &Store{closing: make(chan struct{}), done: make(chan struct{})}
	s.requests.New = newRequest
	return s
}

// publish makes events up to head visible to readers of this process. Only the
// writer calls it, in position order.
func (s *Store) publish(head ironstar.Position, rows []row, now int64) {
	s.recent.put(rows, now)
	if s.head.Swap(int64(head)) != int64(head) {
		s.headMoved.Send()
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

func (s *Store) command(ctx context.Context, stream ironstar.Stream, id string, request [32]byte) (receipt ironstar.Receipt, found bool, err error) {
	if err := stream.Check(); err != nil {
		return ironstar.Receipt{}, false, err
	}
	if id == "" {
		return ironstar.Receipt{}, false, nil
	}
	if err := s.usable(ctx); err != nil {
		return ironstar.Receipt{}, false, err
	}
	err = s.reads.chunk(ctx, func(c *readConn) error {
		receipt, found, err = findCommand(c.command, c.unchecked, stream, id, request)
		return err
	})
	return receipt, found, err
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

// Close waits for appends in progress, ends every Follow with
// [ironstar.ErrClosed], and releases the file and its lock. Later calls wait
// for the first and return its result.
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
	if s.standby != nil {
		s.standby.end()
		s.closeErr = s.reads.close()
	} else {
		s.closeErr = s.closeOwned()
	}
	if s.inode != nil {
		s.inode.release()
	}
	close(s.done)
	return s.closeErr
}

// closeOwned closes a store that owns its file.
func (s *Store) closeOwned() error {
	w := s.writer
	w.stop()
	err := s.reads.close()
	intact := w.files.check() == nil
	if w.conn != nil {
		if now, err := homeOf(w.path, w.conn.Conn); err == nil {
			s.lock.home = now
		}
	}
	// Last, so that SQLite folds the write-ahead log into the file.
	if closeErr := w.closeConn(); err == nil {
		err = closeErr
	}
	if intact && size(w.path+"-wal") <= 0 {
		s.lock.mark = mark{} // the next owner finds all in the database
	}
	s.lock.release()
	return err
}
