package sqlite

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	zs "zombiezen.com/go/sqlite"
)

const (
	// The write-ahead log is copied into the database in steps of this many
	// pages, while the writer continues.
	stepPages = 2048 // 8 MB

	// The write-ahead log is restarted after this many batches or pages. With a
	// limit of pages only, a single writer would wait long until the file stops
	// growing, and syncing a growing file takes twice as long.
	maxLogBatches = 1000
	maxLogPages   = 16384 // 64 MB

	pageSize = 4096 // bytes

	// lastPages is how many pages may be left for the writer to wait for.
	// lastSteps is how many steps are made to get there.
	lastPages = 64
	lastSteps = 4

	// maxPause is the longest wait for a moment without reading connections.
	maxPause = 50 * time.Millisecond
)

// checkpointer copies the write-ahead log into the database, in its own
// goroutine and on its own connection: a PASSIVE checkpoint delays neither the
// writer nor readers. (SQLite's automatic checkpoint runs within the commit
// that reaches 1000 pages, and would delay one batch of 64 writers in sixteen.)
//
// The log can be restarted only when it is copied completely, and under load
// the writer keeps extending it. So the last few pages are copied while the
// writer waits. That takes about as long as a commit.
//
// The next commit restarts a log that is copied completely, unless a
// transaction reads from it at that moment. Readers overlap, so there may
// always be one, and SQLite would let the log grow without limit. The
// checkpointer notices that by its size. It then copies the last pages while no
// connection of this process is lent. That is short, because connections are
// lent for one chunk each.
type checkpointer struct {
	due     chan struct{} // capacity 1: a token when there is something to copy
	batches int           // since the last token for maxLogBatches; guarded by the turn
	many    atomic.Bool   // there were maxLogBatches since the log was copied to its end
	most    atomic.Int64  // pages after which the log is restarted

	// The goroutine's.
	conn   *zs.Conn // nil before the first step, and after an error
	last   int      // pages when the log was copied completely, if it was not restarted since
	logged bool     // it was logged that another program prevents the restart
}

func newCheckpointer() *checkpointer {
	c := &checkpointer{due: make(chan struct{}, 1)}
	c.most.Store(maxLogPages)
	return c
}

// noteWritten wakes the checkpointer if there is enough to copy. It never waits.
// The caller has the turn.
func (w *writer) noteWritten() {
	k := w.checkpointer
	if k.batches++; w.conn == nil {
		return
	}
	switch {
	case k.batches >= maxLogBatches:
		k.many.Store(true)
		k.batches = 0
	case w.conn.pagesWritten < int(min(stepPages, k.most.Load())):
		return
	}
	w.conn.pagesWritten = 0
	select {
	case k.due <- struct{}{}:
	default: // it will look
	}
}

// runCheckpoints works until due is closed. stopping interrupts it.
func (w *writer) runCheckpoints(stopping <-chan struct{}) {
	k := w.checkpointer
	for range k.due {
		if err := w.checkpoint(stopping); err != nil {
			k.close()
			if errors.Is(err, errStopping) {
				continue
			}
			w.log.Warn("checkpoint failed, the write-ahead log grows until one succeeds", "file", w.path, "error", explain(err))
		}
	}
	k.close()
}

// errStopping means that the writer stops.
var errStopping = errors.New("the store closes")

func (k *checkpointer) close() {
	if k.conn != nil {
		k.conn.Close() // it has nothing to lose
		k.conn = nil
	}
}

// checkpoint makes a step, and begins the log again if that is due.
func (w *writer) checkpoint(stopping <-chan struct{}) (err error) {
	k := w.checkpointer
	if k.conn == nil {
		w.turn.Lock()
		err := w.files.check() // else another file would be copied to
		w.turn.Unlock()
		if err != nil {
			return err
		}
		if k.conn, err = openConn(w.path, zs.OpenReadWrite, writerPragmas()); err != nil {
			return err
		}
		k.conn.SetInterrupt(stopping)
	}
	defer func() {
		if zs.ErrCode(err).ToPrimary() == zs.ResultInterrupt {
			err = errStopping
		}
	}()
	pages, copied, err := k.step()
	if err != nil || pages < 0 { // the next batches bring another token
		return err
	}
	if pages < k.last {
		k.last, k.logged = 0, false // the log was restarted
	}
	switch {
	case k.last == 0 && pages < int(k.most.Load()) && !k.many.Load():
		return nil
	// A reader in another program may prevent it for hours. If the log must
	// first grow by a quarter, trying again costs little.
	case k.last > 0 && pages < k.last*5/4:
		return nil
	}
	for n := 0; n < lastSteps && pages-copied > lastPages; n++ {
		before := copied
		if pages, copied, err = k.step(); err != nil {
			return err
		}
		if copied <= before { // a reader prevents more
			break
		}
	}
	left, err := w.copyLast(k.last > 0)
	if err != nil {
		return err
	}
	k.last = max(pages, k.last)
	if left > 0 && pages > 2*int(k.most.Load()) {
		w.logGrowth(pages)
	}
	return nil
}

// copyLast copies the rest while the writer waits and, if alone is set, while
// no connection of this process reads. It returns how many pages another
// program prevents from being copied, if that is known.
func (w *writer) copyLast(alone bool) (left int, err error) {
	if alone {
		ctx, stop := context.WithTimeout(context.Background(), maxPause)
		defer stop()
		giveBack, all := w.reads.takeAll(ctx)
		defer giveBack()
		alone = all
	}
	w.turn.Lock()
	defer w.turn.Unlock()
	pages, copied, err := w.checkpointer.step()
	w.checkpointer.many.Store(false)
	if err != nil || !alone {
		return 0, err
	}
	return pages - copied, nil
}

// step copies all pages except those newer than the oldest reading transaction.
// It returns how many pages the log has and how many of them are copied, or -1
// if another program runs a checkpoint or the writer is changing the header of
// the log at this moment.
func (k *checkpointer) step() (pages, copied int, err error) {
	return walCheckpoint(k.conn, "PASSIVE")
}

// walCheckpoint runs a kind of checkpoint.
func walCheckpoint(c *zs.Conn, kind string) (pages, copied int, err error) {
	st, err := c.Prepare("PRAGMA wal_checkpoint(" + kind + ")")
	if err != nil {
		return -1, -1, err
	}
	defer st.Reset()
	if _, err := st.Step(); err != nil {
		return -1, -1, err
	}
	return st.ColumnInt(1), st.ColumnInt(2), nil
}

// logGrowth logs once that another program is in the way.
func (w *writer) logGrowth(pages int) {
	if w.checkpointer.logged {
		return
	}
	w.checkpointer.logged = true
	w.log.Warn("the write-ahead log grows, since another program reads an old state of it: end that program's transaction (a shell, a backup, a tool), and it shrinks by itself",
		"file", w.path+"-wal", "bytes", pages*pageSize)
}
