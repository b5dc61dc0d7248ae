package sqlite

import (
	"errors"
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// reopenAttempts is how often a connection is opened to find out whether a
// commit was stored. If a disk fails this often in a row, the outcome stays
// unknown.
const reopenAttempts = 3

// resolveCommit answers a batch whose COMMIT failed with cause, by reading what
// is stored.
//
// After a failed sync the kernel may treat pages of the write-ahead log as
// written although they never reached the disk, so the connection is not used
// again. What a new connection shows is durable, for two reasons. The readers
// keep SQLite's shared index of the log in memory, and a commit enters it only
// after its sync, so a visible commit is durable. And [writeConn.load] writes
// and syncs before anything is looked up: that overwrites the frames of an
// invisible commit, which could otherwise become visible after a crash.
//
// If no connection can be opened, the answer is unknown.
func (w *writer) resolveCommit(batch []*pending, cause error) {
	base := w.conn.headBefore
	w.outage.cause = cause
	w.drop(cause)
	var err error
	for range reopenAttempts {
		if err = w.open(); err == nil {
			break
		}
	}
	if err != nil {
		err = fmt.Errorf("commit: %w; reopen: %w", cause, err)
		if damaged(cause) || damaged(err) {
			err = fmt.Errorf("%w: %w", ironstar.ErrDamaged, err)
		}
		w.answerUnknown(batch, base, err)
		return
	}
	w.publish(w.conn.head, nil, 0)
	for _, p := range batch {
		if err := w.conn.verify(p, base); err != nil {
			if errors.Is(err, ironstar.ErrRetryable) && damaged(cause) {
				err = ironstar.ErrDamaged
			}
			p.refuse(fmt.Errorf("%w: commit: %w", err, cause))
		}
	}
}

// answerUnknown answers a batch that may or may not be stored. A refusal becomes
// an error that can be retried, because it may be due to an append of the batch
// that is not stored.
func (w *writer) answerUnknown(batch []*pending, base ironstar.Position, err error) {
	for _, p := range batch {
		switch {
		case p.out.Err != nil:
			p.refuse(notStored(err))
		case p.step != nil:
			p.refuse(fmt.Errorf("%w: %w", ironstar.ErrUnknown, err))
		case p.out.Receipt.Last > base:
			p.refuse(fmt.Errorf("%w: %w", ironstar.ErrUnknown, err))
		case p.onlyRequires():
			p.refuse(notStored(err))
		}
	}
}

// onlyRequires reports whether an append has no events and requires streams, which
// an append of the batch may have brought to their versions.
func (p *pending) onlyRequires() bool { return len(p.Events) == 0 && len(p.Requires) > 0 }

// verify checks whether the outcome of an append, decided in a transaction that
// began at base, agrees with the file. It returns nil, ErrRetryable, or
// ErrUnknown if the file cannot be read.
func (c *writeConn) verify(p *pending, base ironstar.Position) error {
	if p.out.Err != nil {
		return ironstar.ErrRetryable
	}
	if p.onlyRequires() {
		return ironstar.ErrRetryable
	}
	if p.step != nil {
		return asStored(c.stepStored(p.step))
	}
	if p.out.Receipt.Last <= base {
		return nil // it depends on earlier transactions only
	}
	return asStored(c.stored(p))
}

// asStored returns the error of an append or step of which is known whether it is stored.
func asStored(stored bool, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("%w: look up: %w", ironstar.ErrUnknown, err)
	case !stored:
		return ironstar.ErrRetryable
	}
	return nil
}

// stored reports whether the file agrees with an append's receipt.
func (c *writeConn) stored(p *pending) (bool, error) {
	if p.Metadata.CommandID == "" {
		return c.eventsStored(p)
	}
	found, ok, err := findCommand(c.command, c.unchecked, p.Stream, p.Metadata.CommandID, p.Request)
	switch {
	case ok && found == p.out.Receipt:
		return true, nil
	case p.inserted: // its row is missing, or belongs to another append
		return false, err
	case err != nil && !refusal(err):
		return false, err
	}
	// It added no events, and a later append with its id has changed the stream
	// since.
	return c.eventsStored(p)
}

// eventsStored reports whether the events of a receipt are stored: an append's
// own, or, if it added none, the last one of its stream.
func (c *writeConn) eventsStored(p *pending) (bool, error) {
	if !p.inserted {
		return c.holds(p.Stream, p.out.Receipt.Version, p.out.Receipt.Last)
	}
	for i := range p.Events {
		same, err := c.same(p, i)
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// holds reports whether a position belongs to a stream at a version.
func (c *writeConn) holds(s ironstar.Stream, v ironstar.Version, at ironstar.Position) (bool, error) {
	st := c.atPosition
	st.BindInt64(1, int64(at))
	defer st.Reset()
	row, err := st.Step()
	return row && st.ColumnText(0) == s.Kind && st.ColumnText(1) == s.ID && st.ColumnInt64(2) == int64(v), err
}

// same compares event i of an append with the row at its position.
func (c *writeConn) same(p *pending, i int) (bool, error) {
	e, r, st := p.Events[i], p.out.Receipt, c.atPosition
	sequence := int64(r.Version) - int64(len(p.Events)-1-i)
	st.BindInt64(1, int64(r.First)+int64(i))
	defer st.Reset()
	row, err := st.Step()
	if err != nil || !row {
		return false, err
	}
	return st.ColumnText(0) == p.Stream.Kind && st.ColumnText(1) == p.Stream.ID &&
		st.ColumnInt64(2) == sequence && st.ColumnText(3) == e.Type &&
		st.ColumnText(4) == p.payloads[i] && st.ColumnText(5) == p.metadata, nil
}

// refusal reports whether err is an answer about the append and not a failure.
func refusal(err error) bool { return errors.Is(err, ironstar.ErrCommandReused) }

// classify converts a statement's error to an append's error. A temporary one
// can be retried, one that the append causes cannot.
func classify(err error) error {
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultConstraint, zs.ResultTooBig, zs.ResultMismatch, zs.ResultRange, zs.ResultError:
		return err
	}
	return notStored(err)
}

// notStored returns the error of an append that was not stored because of
// cause. It can be retried, unless the file is damaged.
func notStored(cause error) error {
	if damaged(cause) {
		return fmt.Errorf("%w: %w", ironstar.ErrDamaged, cause)
	}
	return fmt.Errorf("%w: %w", ironstar.ErrRetryable, cause)
}

// damaged reports whether err says that the file is damaged.
func damaged(err error) bool {
	if errors.Is(err, ironstar.ErrDamaged) {
		return true
	}
	code := zs.ErrCode(err).ToPrimary()
	return code == zs.ResultCorrupt || code == zs.ResultNotADB
}

// harmless reports whether a connection can be used after err.
func harmless(err error) bool {
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultConstraint, zs.ResultTooBig, zs.ResultMismatch, zs.ResultRange, zs.ResultError, zs.ResultBusy, zs.ResultInterrupt:
		return true
	}
	return false
}
