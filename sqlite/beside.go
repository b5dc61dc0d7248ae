package sqlite

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"ironstar.dev"
)

// How often the file is looked at while another process owns it.
const (
	followEvery = 20 * time.Millisecond // for what that process appended
	lockEvery   = 2 * time.Millisecond  // for its end: clients wait
)

// beside is what a store needs while another process owns its file.
type beside struct {
	path string
	opts Options
	stop chan struct{} // closed when the file is no longer another's; nothing is sent
	work sync.WaitGroup
	once sync.Once
}

// OpenBeside opens the store at path for reading while another process owns it.
// It shows what that process appends, a moment later, and [Store.Follow] follows
// it. Appends are refused with [ironstar.ErrRetryable] until [Store.TakeOver].
// Nothing is written to the file. The errors are those of [Open], without that
// of the lock.
func OpenBeside(ctx context.Context, path string, o Options) (*Store, error) {
	o = o.withDefaults()
	path, err := resolve(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	s, err := openBeside(path, o)
	if err != nil {
		return nil, fmt.Errorf("open store %s beside its server: %w", path, explain(err))
	}
	return s, nil
}

func openBeside(path string, o Options) (*Store, error) {
	checked, err := recognize(path)
	switch {
	case err != nil:
		return nil, err
	case !checked:
		return nil, errNoFile
	}
	s := newStore()
	s.reads, err = openPool(o.Readers, func() (*readConn, error) { return openReadConn(path) })
	if err != nil {
		return nil, err
	}
	c, err := s.reads.take(context.Background())
	if err != nil {
		s.reads.close()
		return nil, err
	}
	s.logID, err = queryText(c.Conn, sqlLogID)
	var held shapes
	if err == nil {
		held, err = readShapes(c.Conn)
	}
	s.reads.put(c)
	if err == nil {
		err = held.check(o.Shapes)
	}
	if err != nil {
		s.reads.close()
		return nil, err
	}
	s.snapshotReader.pool = s.reads
	b := &beside{path: path, opts: o, stop: make(chan struct{})}
	s.beside = b
	s.look()
	b.work.Go(func() { s.lookOften(b) })
	return s, nil
}

// lookOften publishes what the owner of the file appended.
func (s *Store) lookOften(b *beside) {
	every := time.NewTicker(followEvery)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			s.look()
		case <-b.stop:
			return
		}
	}
}

// look reads the head of the file. An error is left to those who read events.
func (s *Store) look() {
	c, err := s.reads.take(context.Background())
	if err != nil {
		return
	}
	defer s.reads.put(c)
	if head, err := readHead(c.head); err == nil && int64(head) > s.head.Load() {
		s.publish(head, nil, 0)
	}
}

// end stops looking.
func (b *beside) end() {
	b.once.Do(func() { close(b.stop) })
	b.work.Wait()
}

// Owner names the process that owns the file, or is nil if this one does.
func (s *Store) Owner() *LockedError {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.beside == nil {
		return nil
	}
	return ownerOf(s.beside.path)
}

// TakeOver waits until the process that owns the file has let it go, takes its
// lock, and makes of a store that [OpenBeside] returned one like those of
// [Open]; then head and Follow have all that the other stored. If it fails the
// store stays as it was. It is called once at a time; ctx bounds the waiting.
func (s *Store) TakeOver(ctx context.Context) error {
	if s.beside == nil {
		return errors.New("take over: this process has the file already")
	}
	if err := s.takeOver(ctx, s.beside); err != nil {
		return fmt.Errorf("take over %s: %w", s.beside.path, err)
	}
	return nil
}

func (s *Store) takeOver(ctx context.Context, b *beside) error {
	lock, err := waitForLock(ctx, b.path)
	if err != nil {
		return err
	}
	w, err := s.openWriter(b)
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
	s.writer, s.lock, s.beside = w, lock, nil
	w.start(s.reads)
	return nil
}

// openWriter opens what writes to a file that was another's until now, and
// looks whether it is still the one that was read.
func (s *Store) openWriter(b *beside) (*writer, error) {
	if err := repair(b.path); err != nil {
		return nil, err
	}
	w, err := newWriter(b.path, b.opts, s.publish)
	if err != nil {
		return nil, explain(err)
	}
	err = w.conn.shapes.check(b.opts.Shapes)
	if w.conn.logID != s.logID || int64(w.conn.head) < s.head.Load() {
		err = errors.New("the file was replaced by another while its server stopped; start without taking over")
	}
	if err != nil {
		w.closeConn()
		return nil, err
	}
	return w, nil
}

// waitForLock takes the lock of the file at path as soon as it is free.
func waitForLock(ctx context.Context, path string) (*fileLock, error) {
	for {
		lock, err := lockFile(path)
		if locked := (*LockedError)(nil); !errors.As(err, &locked) {
			return lock, err
		}
		select {
		case <-time.After(lockEvery):
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ctx.Err(), err)
		}
	}
}
