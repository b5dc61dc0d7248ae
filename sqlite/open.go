package sqlite

import (
	"context"
	"fmt"

	"ironstar.dev"
)

// Open opens the store at path, and makes it if the file does not exist or is
// empty. The directory must exist. The caller closes the store.
//
// The error is a [*LockedError] if another process owns the file. It wraps
// [ironstar.ErrShape] if the build and the file disagree about an event.
// Otherwise it says what is wrong with the file and what to do. After an error
// nothing was written to the file, except that SQLite may have rolled back an
// unfinished transaction of a killed program. ctx is for opening only.
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
	s, err := openLocked(path, lock, checked, o)
	if err != nil {
		lock.release()
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

// openLocked opens a file whose lock file is locked. checked means that
// recognize has checked it.
func openLocked(path string, lock *fileLock, checked bool, o Options) (*Store, error) {
	s := newStore()
	w, err := openWriter(path, lock, checked, o, s.publish)
	if err != nil {
		return nil, err
	}
	// The readers stay open as long as the store: see writer.resolveCommit.
	s.reads, err = openPool(o.Readers, func() (*readConn, error) { return openReadConn(path) })
	if err != nil {
		w.closeConn()
		return nil, err
	}
	s.writer, s.lock, s.logID = w, lock, w.conn.logID
	s.head.Store(int64(w.conn.head))
	s.snapshotReader.pool, s.processReader.pool, s.claimReader.claims = s.reads, s.reads, s.reads
	w.start(s.reads)
	return s, nil
}

// openWriter opens the writer of a file whose lock file is locked, and makes
// the file if it does not exist. It locks the file before it writes to it.
func openWriter(path string, lock *fileLock, checked bool, o Options, publish publishing) (*writer, error) {
	empty, err := isEmpty(path)
	if err != nil {
		return nil, err
	}
	if empty {
		if err := lock.mark.checkMissing(path); err != nil {
			return nil, err
		}
		if err := createFile(path); err != nil {
			return nil, err
		}
	}
	if err := lock.lockDatabase(path); err != nil {
		return nil, err
	}
	if !empty {
		if err := lock.checkDatabase(path, checked); err != nil {
			return nil, err
		}
	}
	w, err := newWriter(path, o, func(head ironstar.Position, rows []row, now int64) {
		lock.noteHead(head)
		publish(head, rows, now)
	})
	if err != nil {
		return nil, explainFile(path, err)
	}
	if err := w.conn.shapes.check(o.Shapes); err != nil {
		w.closeConn()
		return nil, err
	}
	if err := lock.holdMoved(path, w.conn); err != nil {
		w.closeConn()
		return nil, explain(err)
	}
	if err := lock.noteOpened(path, w.conn); err != nil {
		w.closeConn()
		return nil, explain(err)
	}
	return w, nil
}

// checkDatabase repeats the checks of what may have changed before the locks
// were taken.
func (l *fileLock) checkDatabase(path string, checked bool) error {
	if err := l.inode.checkJournalMode(path); err != nil {
		return err
	}
	if !checked || l.mark != (mark{}) {
		return repair(path, l.mark)
	}
	return nil
}
