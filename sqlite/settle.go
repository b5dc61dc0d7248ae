package sqlite

import (
	"errors"
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// settleAttempts is how often a connection is opened to find out what became of
// a commit. A disk that fails this often in a row will not tell.
const settleAttempts = 3

// settle answers a batch whose COMMIT failed with cause, by what is stored.
//
// After a failed sync the kernel may hold the pages of the write-ahead log as
// clean though they never reached the disk, so the connection is not used
// again. What a new one shows is the truth, for two reasons. The readers keep
// SQLite's shared index of the log alive, and a commit gets into it only after
// its sync; so what is visible is durable. And [writeConn.load] writes and
// syncs before anything is looked up: that overwrites the frames of a commit
// that is not visible, which a crash would otherwise bring to light later.
//
// If no connection can be opened, the answer is unknown.
func (w *writer) settle(batch []*pending, cause error) {
	base := w.conn.base
	w.outage.cause = cause
	w.drop(cause)
	var err error
	for range settleAttempts {
		if err = w.open(); err == nil {
			break
		}
	}
	if err != nil {
		w.answerUnknown(batch, base, fmt.Errorf("commit: %w; reopen: %w", cause, err))
		return
	}
	w.publish(w.conn.head, nil, 0)
	for _, p := range batch {
		if err := w.conn.verify(p, base); err != nil {
			p.refuse(fmt.Errorf("%w: commit: %w", err, cause))
		}
	}
}

// answerUnknown answers a batch that may or may not be stored. A refusal may
// have been owed to an append that is not stored: it may be asked again.
func (w *writer) answerUnknown(batch []*pending, base ironstar.Position, err error) {
	for _, p := range batch {
		switch {
		case p.out.Err != nil:
			p.refuse(fmt.Errorf("%w: %w", ironstar.ErrRetryable, err))
		case p.out.Receipt.Last > base:
			p.refuse(fmt.Errorf("%w: %w", ironstar.ErrUnknown, err))
		}
	}
}

// verify says whether the outcome of an append, given in a transaction that
// began at base, holds in the file: nil, ErrRetryable, or ErrUnknown if it
// cannot be read.
func (c *writeConn) verify(p *pending, base ironstar.Position) error {
	if p.out.Err != nil {
		return ironstar.ErrRetryable
	}
	if p.out.Receipt.Last <= base {
		return nil // it tells of earlier transactions only
	}
	stored, err := c.stored(p)
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
	r := p.out.Receipt
	if id := p.Metadata.CommandID; id != "" {
		found, ok, err := findCommand(c.command, p.Stream, id, p.Request)
		switch {
		case ok && found == r:
			return true, nil
		case p.inserted && (ok || err != nil), err != nil && !refusal(err):
			return false, err
		}
		// Without events of its own, it may have told of what was before an
		// append that used its id later.
	}
	if !p.inserted { // it had no events: it told of one before it
		return c.holds(p.Stream, r.Version, r.Last)
	}
	for i := range p.Events {
		same, err := c.same(p, i)
		if !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

// holds reports whether a position belongs to a stream, at a version.
func (c *writeConn) holds(s ironstar.Stream, v ironstar.Version, at ironstar.Position) (bool, error) {
	st := c.atPosition
	st.BindInt64(1, int64(at))
	defer st.Reset()
	row, err := st.Step()
	return row && st.ColumnText(0) == s.Kind && st.ColumnText(1) == s.ID && st.ColumnInt64(2) == int64(v), err
}

// same compares event i of an append with what is stored at its position.
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

// refusal reports whether err is an answer about the append, not a failure.
func refusal(err error) bool { return errors.Is(err, ironstar.ErrCommandReused) }

// classify makes a statement's error an append's: one that may go away can be
// tried again, one that lies in the append cannot.
func classify(err error) error {
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultConstraint, zs.ResultTooBig, zs.ResultMismatch, zs.ResultRange, zs.ResultError:
		return err
	}
	return fmt.Errorf("%w: %w", ironstar.ErrRetryable, err)
}

// harmless reports whether a connection that gave err can be used further.
func harmless(err error) bool {
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultConstraint, zs.ResultTooBig, zs.ResultMismatch, zs.ResultRange, zs.ResultError, zs.ResultBusy:
		return true
	}
	return false
}
