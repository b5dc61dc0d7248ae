package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ironstar.dev"
)

const (
	// standbyPoll is how often a standby reader looks for new events. SQLite
	// has no notification for them.
	standbyPoll = 20 * time.Millisecond

	// lockPoll is how often a process that takes over tries the lock. Clients wait
	// for it.
	lockPoll = 2 * time.Millisecond
)

// standby is the state of a store that reads a file which another process owns.
type standby struct {
	path string
	opts Options
	stop chan struct{} // closed when the polling must end; nothing is sent
	work sync.WaitGroup
	once sync.Once
}

// OpenStandby opens the store at path as a standby reader while another process
// owns the file. [Store.Follow] yields that process's appends a moment later.
// Appends are refused with [ironstar.ErrRetryable] until [Store.TakeOver].
// Nothing is written to the file. The errors are those of [Open], except the
// one about the lock.
func OpenStandby(ctx context.Context, path string, o Options) (*Store, error) {
	o = o.withDefaults()
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open standby reader: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open standby reader of %s: %w", path, err)
	}
	s, err := openStandby(path, o)
	if err != nil {
		return nil, fmt.Errorf("open standby reader of %s: %w", path, explain(err))
	}
	return s, nil
}

func openStandby(path string, o Options) (*Store, error) {
	checked, err := recognize(path)
	switch {
	case err != nil:
		return nil, err
	case !checked:
		return nil, errNoFile
	}
	inode, err := useInode(path)
	if err != nil {
		return nil, err
	}
	s := newStore()
	b := &standby{path: path, opts: o, stop: make(chan struct{})}
	s.standby, s.inode = b, inode
	if err := s.openReaders(path, o); err != nil {
		inode.release()
		return nil, err
	}
	s.pollHead()
	b.work.Go(func() { s.poll(b) })
	return s, nil
}

// openReaders opens the reading connections and checks the file.
func (s *Store) openReaders(path string, o Options) (err error) {
	s.reads, err = openPool(o.Readers, func() (*readConn, error) { return openReadConn(path) })
	if err != nil {
		return err
	}
	c, err := s.reads.take(context.Background())
	if err != nil {
		s.reads.close()
		return err
	}
	s.logID, err = queryText(c.Conn, sqlLogID)
	var held shapes
	if err == nil {
		held, err = readShapes(c.Conn, c.unchecked)
	}
	s.reads.put(c)
	if err == nil {
		err = held.check(o.Shapes)
	}
	if err != nil {
		s.reads.close()
		return err
	}
	s.snapshotReader.pool, s.processReader.pool, s.claimReader.claims = s.reads, s.reads, s.reads
	return nil
}

// poll publishes the appends of the file's owner.
func (s *Store) poll(b *standby) {
	every := time.NewTicker(standbyPoll)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			s.pollHead()
		case <-b.stop:
			return
		}
	}
}

// pollHead reads the head of the file. It ignores an error, because reads of
// events return it.
func (s *Store) pollHead() {
	c, err := s.reads.take(context.Background())
	if err != nil {
		return
	}
	defer s.reads.put(c)
	if head, err := readHead(c.head); err == nil && int64(head) > s.head.Load() {
		s.publish(head, nil, 0)
	}
}

// end stops the polling and waits for its end.
func (b *standby) end() {
	b.once.Do(func() { close(b.stop) })
	b.work.Wait()
}

// Owner names the process that owns the file, or is nil if this one does.
func (s *Store) Owner() *LockedError {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.standby == nil {
		return nil
	}
	return ownerOf(s.standby.path)
}

// TakeOver turns a store from [OpenStandby] into one like those from [Open]. It
// calls ask, if it is not nil, with the owner of the file, which must end. It
// waits until the owner has released the file, and takes the locks. Afterwards
// the store has all events that the owner stored. If TakeOver fails, the store
// remains a standby reader.
//
// Only one process at a time can take over: others are refused before they ask.
// TakeOver fails if another process becomes the owner, and when ctx ends.
func (s *Store) TakeOver(ctx context.Context, ask func(owner *LockedError) error) error {
	if s.standby == nil {
		return errors.New("take over: this process has the file already")
	}
	if err := s.takeOver(ctx, s.standby, ask); err != nil {
		return fmt.Errorf("take over %s: %w", s.standby.path, err)
	}
	return nil
}

var errReplaced = errors.New("the file was replaced by another while its server stopped; start without --takeover")

func (s *Store) takeOver(ctx context.Context, b *standby, ask func(*LockedError) error) error {
	turn, err := lockTurn(b.path)
	if err != nil {
		return err
	}
	defer turn.Close()
	owner := ownerOf(b.path)
	if ask != nil {
		if err := ask(owner); err != nil {
			return err
		}
	}
	lock, err := waitForLock(ctx, b.path, owner)
	if err != nil {
		return err
	}
	w, err := s.openWriter(b, lock)
	if err != nil {
		lock.release()
		return err
	}
	b.end() // from now on the writer publishes
	s.gate.Lock()
	defer s.gate.Unlock()
	if s.closed {
		w.closeConn()
		lock.release()
		return ironstar.ErrClosed
	}
	s.publish(w.conn.head, nil, 0)
	s.writer, s.lock, s.standby = w, lock, nil
	w.start(s.reads)
	return nil
}

// openWriter opens the writer of a file that another process owned before. It
// refuses another file than the one that was read.
func (s *Store) openWriter(b *standby, lock *fileLock) (*writer, error) {
	if size(b.path) <= 0 {
		return nil, errReplaced
	}
	w, err := openWriter(b.path, lock, false, b.opts, s.publish)
	if err != nil {
		return nil, err
	}
	if w.conn.logID != s.logID || int64(w.conn.head) < s.head.Load() {
		w.closeConn()
		return nil, errReplaced
	}
	return w, nil
}

// waitForLock takes the lock of the file at path as soon as the owner releases
// it. If another process gets it first, it does not wait for that one.
func waitForLock(ctx context.Context, path string, owner *LockedError) (*fileLock, error) {
	for {
		lock, err := lockFile(path)
		locked := (*LockedError)(nil)
		if !errors.As(err, &locked) {
			return lock, err
		}
		if locked.named() && (locked.Owner != owner.Owner || locked.process != owner.process) {
			return nil, fmt.Errorf("another server has taken the file meanwhile: %w", err)
		}
		select {
		case <-time.After(lockPoll):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
	}
}
