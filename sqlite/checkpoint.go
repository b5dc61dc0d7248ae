package sqlite

import (
	"context"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// The write-ahead log is copied into the database, and begun again from its
// start, when it has so many pages. SQLite's own habit, after 1000 of them and
// within the commit that reaches that, costs a busy writer a tenth of its time:
// the pages that are written in every batch are copied each time.
const (
	maxLogPages = 8192 // 32 MB
	pageSize    = 4096 // bytes

	// lookAfter is how many pages may have been written until the size of the
	// log is asked for, which costs microseconds.
	lookAfter = 512

	// maxPause is how long appends wait at most until nobody reads any more.
	maxPause = 50 * time.Millisecond
)

// walCheckpoint runs a kind of checkpoint. It returns how many pages the log
// has and how many of them are copied, -1 if another program is at it.
func walCheckpoint(st *zs.Stmt) (pages, copied int, err error) {
	defer st.Reset()
	if _, err := st.Step(); err != nil {
		return -1, -1, err
	}
	return st.ColumnInt(1), st.ColumnInt(2), nil
}

// checkpoints is what is known about the size of the write-ahead log.
type checkpoints struct {
	most int  // pages
	due  int  // pages at which the next checkpoint is made
	told bool // that somebody else keeps the log from being begun again
}

func newCheckpoints(most int) checkpoints { return checkpoints{most: most, due: most} }

// checkpoint makes one if it is due. It is called when a batch is answered, so
// that its callers do not wait for it. The caller has the turn.
//
// A log that is copied to its end is begun again by the next commit, unless a
// transaction reads from it at that moment. Readers take turns, so that there
// may always be one: SQLite would let the log grow without end. That is seen
// by its size, and then the next checkpoint is made while none of our
// connections is lent. They are for one chunk each, so it does not take long.
func (w *writer) checkpoint() {
	c := w.conn
	if c == nil || c.unseen < min(lookAfter, w.checkpoints.most) {
		return
	}
	c.unseen = 0
	pages, copied, err := walCheckpoint(c.look)
	switch {
	case err != nil:
	case pages < w.checkpoints.most:
		w.checkpoints.due, w.checkpoints.told = w.checkpoints.most, false
		return
	case pages < w.checkpoints.due:
		return
	case w.checkpoints.due == w.checkpoints.most:
		_, _, err = walCheckpoint(c.passive)
	default:
		pages, copied, err = w.checkpointAlone(c)
	}
	// It is tried again when the log is larger by a quarter: that a reader of
	// another program, who may stay for hours, is in the way costs little then.
	w.checkpoints.due = max(pages, w.checkpoints.most) * 5 / 4
	if err != nil {
		w.log.Warn("checkpoint failed, the write-ahead log grows until one succeeds", "file", w.path, "error", explain(err))
		w.dropIfBroken(err)
	} else if copied < pages && pages > 2*w.checkpoints.most {
		w.tellGrowth(pages)
	}
}

// checkpointAlone makes a checkpoint while no connection of ours reads.
func (w *writer) checkpointAlone(c *writeConn) (pages, copied int, err error) {
	ctx, stop := context.WithTimeout(context.Background(), maxPause)
	defer stop()
	var held []*readConn
	defer func() {
		for _, r := range held {
			w.reads.put(r)
		}
	}()
	for range w.reads.size {
		r, err := w.reads.take(ctx)
		if err != nil {
			break // the store is closing, or a chunk takes long: do what can be done
		}
		held = append(held, r)
	}
	return walCheckpoint(c.passive)
}

// tellGrowth tells the operator once that somebody else is in the way.
func (w *writer) tellGrowth(pages int) {
	if w.checkpoints.told {
		return
	}
	w.checkpoints.told = true
	w.log.Warn("the write-ahead log grows, since another program reads an old state of it: end that program's transaction (a shell, a backup, a tool), and it shrinks by itself",
		"file", w.path+"-wal", "bytes", pages*pageSize)
}
