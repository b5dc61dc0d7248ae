package sqlite

import (
	"context"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// The write-ahead log is copied into the database, and begun again from its
// start, after so many batches or pages. SQLite's own habit, after 1000 pages
// and within the commit that reaches that, meets one batch of 64 writers in
// sixteen, for a tenth of the time: pages that are written in every batch are
// copied each time. By pages alone a single writer would wait long until the
// file stops growing, and a file that grows takes twice as long to sync.
const (
	maxLogBatches = 1000
	maxLogPages   = 16384 // 64 MB

	pageSize = 4096 // bytes

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

// checkpoints is what is known about the write-ahead log.
type checkpoints struct {
	most    int  // pages
	batches int  // since the last checkpoint
	last    int  // pages at the last checkpoint, if the log was not begun again since
	told    bool // that somebody else keeps it from that
}

// checkpoint makes one if it is due. It is called when a batch is answered, so
// that its callers do not wait for it. The caller has the turn.
//
// A log that is copied to its end is begun again by the next commit, unless a
// transaction reads from it at that moment. Readers take turns, so that there
// may always be one: SQLite would let the log grow without end. That is seen
// by its size, and then the next checkpoint is made while none of our
// connections is lent. They are for one chunk each, so it does not take long.
func (w *writer) checkpoint() {
	c, state := w.conn, &w.checkpoints
	state.batches++
	many := state.last == 0 && state.batches >= maxLogBatches
	if c == nil || c.unseen < min(lookAfter, state.most) && !many {
		return
	}
	c.unseen = 0
	pages, _, err := walCheckpoint(c.look)
	if err == nil && pages < state.last {
		state.last, state.told = 0, false
	}
	left := 0 // pages that somebody else keeps from being copied
	switch {
	case err != nil:
	case many || state.last == 0 && pages >= state.most:
		_, _, err = walCheckpoint(c.passive)
	// That a reader of another program, who may stay for hours, is in the way
	// costs little if the log must have grown by a quarter.
	case state.last > 0 && pages >= state.last*5/4:
		left, err = w.checkpointAlone(c)
	default:
		return
	}
	state.batches, state.last = 0, max(pages, state.last)
	if err != nil {
		w.log.Warn("checkpoint failed, the write-ahead log grows until one succeeds", "file", w.path, "error", explain(err))
		w.dropIfBroken(err)
	} else if left > 0 && pages > 2*state.most {
		w.tellGrowth(pages)
	}
}

// checkpointAlone makes a checkpoint while no connection of ours reads. It
// returns how many pages another program keeps from being copied.
func (w *writer) checkpointAlone(c *writeConn) (left int, err error) {
	ctx, stop := context.WithTimeout(context.Background(), maxPause)
	defer stop()
	var held []*readConn
	defer func() {
		for _, r := range held {
			w.reads.put(r)
		}
	}()
	alone := true
	for range w.reads.size {
		r, err := w.reads.take(ctx)
		if err != nil { // a chunk takes long, or the store is closing: do what can be done
			alone = false
			break
		}
		held = append(held, r)
	}
	pages, copied, err := walCheckpoint(c.passive)
	if !alone {
		return 0, err
	}
	return pages - copied, err
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
