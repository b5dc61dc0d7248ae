package sqlite

import (
	"context"
	"fmt"
	"log/slog"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// newWriter opens the connection. start starts the goroutines.
func newWriter(path string, o Options, publish publishing) (*writer, error) {
	w := &writer{
		path:          path,
		maxBatch:      o.MaxBatch,
		maxStreamEnds: maxStreamEnds,
		log:           o.Logger,
		publish:       publish,
		outage:        outage{log: o.Logger, file: path},

		// When it is full, callers wait in Store.send.
		queue:      make(chan *request, o.Queue),
		ended:      make(chan struct{}),
		queueBytes: byteSemaphore{limit: o.QueueBytes},
		background: make(chan *work),
		arrived:    make(chan struct{}, 1),

		checkpointer: newCheckpointer(),
		copied:       make(chan struct{}),
		stopping:     make(chan struct{}),
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	// What an earlier process wrote to the write-ahead log comes from the page
	// cache and was perhaps never synced, if the process died of a sync error.
	// Copying it into the database makes the kernel write it again. (A reader
	// in another process may prevent this. That is not an error: a later
	// checkpoint copies the rest.)
	_, err := queryText(w.conn.Conn, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil && !harmless(err) {
		w.closeConn()
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	w.files = identify(path)
	return w, nil
}

// start starts the goroutines. reads are the reading connections.
func (w *writer) start(reads *pool) {
	w.reads = reads
	go w.run()
	go func() {
		defer close(w.copied)
		w.runCheckpoints(w.stopping)
	}()
}

// stop ends the goroutines after the queued requests. No request may come after
// it.
func (w *writer) stop() {
	close(w.stopping)
	close(w.queue)
	<-w.ended
	close(w.checkpointer.due)
	<-w.copied
}

// writeConn is the writing connection, its statements, and cached facts about
// the file. Within a transaction head, ends, added and rows are ahead of the
// file.
type writeConn struct {
	*zs.Conn
	begin, commit, rollback    *zs.Stmt
	insertCommand, insertShape *zs.Stmt
	command, last, atPosition  *zs.Stmt
	headOf                     *zs.Stmt
	events                     inserter
	claims                     claimStatements

	logID     string
	unchecked ironstar.Position // see readUnchecked
	sum       rowSum

	head         ironstar.Position // the last one given out
	shapes       shapes            // of the file
	rules        map[ruleKey]storedRule
	ends         streamEnds
	added        shapes            // by the open transaction
	rows         []row             // accepted by the open transaction, not inserted yet
	headBefore   ironstar.Position // head when the open transaction began
	now          int64             // time of the open transaction, microseconds since 1970
	pagesWritten int               // pages that were perhaps written since the checkpointer was woken
}

// open opens the connection. After it, nothing that cannot be read will ever
// appear: see [writer.resolveCommit].
func (w *writer) open() error {
	c, err := openConn(w.path, zs.OpenReadWrite, writerPragmas())
	if err != nil {
		return err
	}
	wc := &writeConn{Conn: c, added: shapes{}, ends: newStreamEnds(w.maxStreamEnds)}
	if err := wc.load(); err != nil {
		c.Close()
		return err
	}
	w.conn = wc
	return nil
}

// load prepares the statements and reads the cached facts.
func (c *writeConn) load() error {
	if err := upgrade(c.Conn); err != nil {
		return fmt.Errorf("upgrade: %w", err)
	}
	// A synced write proves that the file can be written, and overwrites what a
	// failed commit may have left at the end of the write-ahead log.
	if _, err := queryText(c.Conn, sqlMarkOpening); err != nil {
		return fmt.Errorf("write to the file: %w", err)
	}
	err := prepareAll(c.Conn, map[string]**zs.Stmt{
		"BEGIN IMMEDIATE": &c.begin,
		"COMMIT":          &c.commit,
		"ROLLBACK":        &c.rollback,
		sqlInsertCommand:  &c.insertCommand,
		sqlInsertShape:    &c.insertShape,
		sqlCommand:        &c.command,
		sqlLastOfStream:   &c.last,
		sqlEventAt:        &c.atPosition,
		sqlHead:           &c.headOf,
		sqlClaimHolder:    &c.claims.holder,
		sqlClaimOfStream:  &c.claims.own,
		sqlTakeClaim:      &c.claims.take,
		sqlGiveClaim:      &c.claims.give,
	})
	if err != nil {
		return err
	}
	if c.events, err = newInserter(c.Conn); err != nil {
		return err
	}
	if c.logID, err = queryText(c.Conn, sqlLogID); err != nil {
		return err
	}
	if c.unchecked, err = readUnchecked(c.Conn); err != nil {
		return err
	}
	if c.shapes, err = readShapes(c.Conn, c.unchecked); err != nil {
		return err
	}
	if c.rules, err = readRules(c.Conn); err != nil {
		return err
	}
	c.head, err = readHead(c.headOf)
	return err
}

// dropIfBroken drops the connection if err means that it may be in an invalid
// state.
func (w *writer) dropIfBroken(err error) {
	if !harmless(err) {
		w.drop(err)
	}
}

// drop closes the connection; the next batch opens another.
func (w *writer) drop(cause error) {
	level := slog.LevelWarn
	if !w.outage.since.IsZero() { // the outage is already logged
		level = slog.LevelDebug
	}
	w.log.Log(context.Background(), level, "write connection is replaced", "file", w.path, "error", cause)
	if err := w.closeConn(); err != nil {
		w.log.Debug("close write connection", "file", w.path, "error", err)
	}
}

// closeConn closes the connection if there is one.
func (w *writer) closeConn() error {
	if w.conn == nil {
		return nil
	}
	err := w.conn.Close()
	w.conn = nil
	return err
}
