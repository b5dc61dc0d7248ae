package sqlite

import (
	"fmt"
	"time"

	"ironstar.dev"
)

// errCommandTable means that a command id can neither be recorded nor found.
var errCommandTable = fmt.Errorf("%w: the command id can neither be recorded nor found", ironstar.ErrDamaged)

// beginBatch begins a transaction.
func (c *writeConn) beginBatch() error {
	c.ends.age()
	if err := exec(c.begin); err != nil {
		return err
	}
	head, err := readHead(c.headOf)
	if err != nil {
		exec(c.rollback) // nothing was written; a failure shows at the next begin
		return err
	}
	if head != c.head { // another program has appended: it must not, but may have
		c.ends.forget()
	}
	c.head, c.headBefore = head, head
	c.now = time.Now().UnixMicro()
	return nil
}

// commitBatch commits the transaction. After an error it is unknown whether it
// was committed.
func (c *writeConn) commitBatch() error {
	if err := exec(c.commit); err != nil {
		return err
	}
	for v, hash := range c.added {
		c.shapes[v] = hash
	}
	clear(c.added)
	c.headBefore = c.head
	return nil
}

// forget resets the state of the open transaction after a rollback.
func (c *writeConn) forget() {
	c.head = c.headBefore
	c.ends.forget()
	clear(c.added)
	c.dropRows()
}

// decideBatch sets the outcomes of a batch within the open transaction, and
// writes what they need. After an error the transaction must be rolled back.
func (c *writeConn) decideBatch(batch []*pending) error {
	for _, p := range batch {
		if err := c.decide(p); err != nil {
			return err
		}
	}
	err := c.events.insert(c.rows, c.now)
	c.pagesWritten += 4 // the upper pages of tables and indexes
	for _, r := range c.rows {
		c.pagesWritten += 2 + len(r.payload())/pageSize
	}
	return err
}

// dropRows empties rows. It keeps their capacity but no payload.
func (c *writeConn) dropRows() {
	clear(c.rows)
	c.rows = c.rows[:0]
}

// decide sets the outcome of one append.
func (c *writeConn) decide(p *pending) error {
	p.inserted = false
	if p.step != nil {
		return c.decideStep(p)
	}
	end, err := c.endOf(p.Stream)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	refused, err := c.allowed(p, end)
	if err != nil {
		return err
	}
	if refused == nil && len(p.Events) > 0 {
		if err := c.insert(p, end); p.inserted || err != nil {
			return err
		}
	}
	// It adds nothing. A receipt that its command id got before is its answer, also
	// if it would be refused now.
	if answered, err := c.answerAgain(p); answered || err != nil {
		return err
	}
	switch {
	case refused != nil:
		p.refuse(refused)
	case len(p.Events) > 0:
		return errCommandTable
	default:
		p.out = ironstar.Outcome{Receipt: ironstar.Receipt{Last: end.position, Version: end.version}}
	}
	return nil
}

// answerAgain answers an append whose command id is already recorded.
func (c *writeConn) answerAgain(p *pending) (answered bool, err error) {
	id := p.Metadata.CommandID
	if id == "" {
		return false, nil
	}
	receipt, found, err := findCommand(c.command, c.unchecked, p.Stream, id, p.Request)
	switch {
	case found:
		p.out = ironstar.Outcome{Receipt: receipt}
	case refusal(err):
		p.refuse(err)
	case err != nil:
		return false, fmt.Errorf("look up command %q: %w", id, err)
	default:
		return false, nil
	}
	return true, nil
}

// endOf is the end of a stream, counting appends of the open transaction.
func (c *writeConn) endOf(s ironstar.Stream) (streamEnd, error) {
	if end, ok := c.ends.get(s); ok {
		return end, nil
	}
	end, err := readStreamEnd(c.last, s)
	if err == nil {
		c.ends.set(s, end)
	}
	return end, err
}

// allowed refuses an append that does not fit what is stored. err is the error of a
// statement.
func (c *writeConn) allowed(p *pending, t streamEnd) (refused, err error) {
	if p.Expected != t.version || p.lostPredecessor() {
		return &ironstar.ConflictError{Stream: p.Stream, Expected: p.Expected, Actual: t.version}, nil
	}
	for _, r := range p.Requires {
		other, err := c.endOf(r.Stream)
		if err != nil {
			return nil, fmt.Errorf("read version of a required stream: %w", err)
		}
		if other.version != r.Version {
			return &ironstar.ConflictError{Stream: r.Stream, Expected: r.Version, Actual: other.version}, nil
		}
	}
	if refused := c.fits(p, t); refused != nil {
		return refused, nil
	}
	return c.free(p)
}

// fits refuses events that cannot follow what is stored.
func (c *writeConn) fits(p *pending, t streamEnd) error {
	if len(p.Events) > 0 && t.final {
		return fmt.Errorf("%w at version %d", ironstar.ErrFinal, t.version)
	}
	for i, e := range p.Events {
		if e.Shape == "" {
			continue
		}
		v := version{p.Stream.Kind, e.Type, e.SchemaVersion}
		hash, ok := c.shapes[v]
		if !ok {
			hash, ok = c.added[v]
		}
		if !ok { // the append may introduce a version twice, in two shapes
			hash, ok = shapeAmong(p.Events[:i], e)
		}
		if ok && hash != e.Shape {
			return v.differs()
		}
	}
	return nil
}

// shapeAmong finds the shape of e's version among the events before it.
func shapeAmong(before []ironstar.Proposed, e ironstar.Proposed) (string, bool) {
	for _, b := range before {
		if b.Type == e.Type && b.SchemaVersion == e.SchemaVersion && b.Shape != "" {
			return b.Shape, true
		}
	}
	return "", false
}

// insert accepts an append that is allowed, unless its command id was used
// before. Recording the id detects that, so a new id, which is the usual case,
// needs no look-up before.
func (c *writeConn) insert(p *pending, end streamEnd) error {
	n := len(p.Events)
	receipt := ironstar.Receipt{
		First:   c.head + 1,
		Last:    c.head + ironstar.Position(n),
		Version: end.version + ironstar.Version(n),
	}
	if id := p.Metadata.CommandID; id != "" {
		if added, err := c.addCommand(p, receipt); err != nil {
			return fmt.Errorf("insert command %q: %w", id, err)
		} else if !added {
			return nil
		}
	}
	for i := range p.Events {
		c.head++
		end.version++
		for _, claim := range p.Events[i].Claims {
			if err := c.claim(p.Stream, claim, c.head); err != nil {
				return fmt.Errorf("insert claim %s: %w", claim.Rule, err)
			}
		}
		c.rows = append(c.rows, row{p, i, c.head, end.version})
		if e := &p.Events[i]; e.Shape != "" {
			if err := c.addShape(p.Stream.Kind, e); err != nil {
				return fmt.Errorf("insert shape of %s.v%d: %w", e.Type, e.SchemaVersion, err)
			}
		}
	}
	c.ends.set(p.Stream, streamEnd{version: end.version, position: c.head, final: p.Events[n-1].Final})
	p.out = ironstar.Outcome{Receipt: receipt}
	p.inserted = true
	return nil
}

// addShape records the shape of a version that the file does not hold yet.
func (c *writeConn) addShape(kind string, e *ironstar.Proposed) error {
	v := version{kind, e.Type, e.SchemaVersion}
	if c.shapes[v] != "" || c.added[v] != "" {
		return nil
	}
	st := c.insertShape
	st.BindText(1, kind)
	st.BindText(2, e.Type)
	st.BindInt64(3, int64(e.SchemaVersion))
	st.BindText(4, e.Shape)
	st.BindInt64(5, int64(c.head))
	st.BindInt64(6, shapeSum(&c.sum, v, e.Shape, c.head))
	if err := exec(st); err != nil {
		return err
	}
	c.added[v] = e.Shape
	return nil
}

// addCommand records a command id and its receipt, and reports whether it is
// new.
func (c *writeConn) addCommand(p *pending, r ironstar.Receipt) (added bool, err error) {
	st := c.insertCommand
	st.BindText(1, p.Stream.Kind)
	st.BindText(2, p.Stream.ID)
	st.BindText(3, p.Metadata.CommandID)
	st.BindBytes(4, p.Request[:])
	st.BindInt64(5, int64(r.First))
	st.BindInt64(6, int64(r.Last))
	st.BindInt64(7, int64(r.Version))
	st.BindInt64(8, commandSum(&c.sum, p.Stream, p.Metadata.CommandID, p.Request[:], r))
	if err := exec(st); err != nil {
		return false, err
	}
	return c.Changes() > 0, nil
}
