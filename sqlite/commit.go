package sqlite

import (
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// writeConn is the connection that writes, its statements, and what is known
// about the file. Within a transaction head and added run ahead of the file.
type writeConn struct {
	*zs.Conn
	begin, commit, rollback                *zs.Stmt
	insertEvent, insertCommand             *zs.Stmt
	insertShape, command, last, atPosition *zs.Stmt
	headOf                                 *zs.Stmt

	logID  string
	head   ironstar.Position // the last one given out
	shapes shapes            // of the file
	added  shapes            // by the open transaction
	tails  map[ironstar.Stream]tail
	base   ironstar.Position // head when the open transaction began
	now    int64             // time of the open transaction, microseconds since 1970
}

// open opens the connection. After it, nothing that cannot be read will ever
// appear: see [writer.settle].
func (w *writer) open() error {
	c, err := openConn(w.path, zs.OpenReadWrite, writerPragmas())
	if err != nil {
		return err
	}
	wc := &writeConn{Conn: c, added: shapes{}, tails: map[ironstar.Stream]tail{}}
	if err := wc.load(); err != nil {
		c.Close()
		return err
	}
	w.conn = wc
	return nil
}

// load prepares the statements and reads what is known.
func (c *writeConn) load() error {
	if err := upgrade(c.Conn); err != nil {
		return fmt.Errorf("upgrade: %w", err)
	}
	// A write, synced: it proves that the file can be written, and overwrites
	// what a failed commit may have left at the end of the write-ahead log.
	if _, err := queryText(c.Conn, sqlMarkOpening); err != nil {
		return fmt.Errorf("write to the file: %w", err)
	}
	err := prepareAll(c.Conn, map[string]**zs.Stmt{
		"BEGIN IMMEDIATE": &c.begin,
		"COMMIT":          &c.commit,
		"ROLLBACK":        &c.rollback,
		sqlInsertEvent:    &c.insertEvent,
		sqlInsertCommand:  &c.insertCommand,
		sqlInsertShape:    &c.insertShape,
		sqlCommand:        &c.command,
		sqlLastOfStream:   &c.last,
		sqlEventAt:        &c.atPosition,
		sqlHead:           &c.headOf,
	})
	if err != nil {
		return err
	}
	if c.logID, err = queryText(c.Conn, sqlLogID); err != nil {
		return err
	}
	if c.shapes, err = readShapes(c.Conn); err != nil {
		return err
	}
	c.head, err = readHead(c.headOf)
	return err
}

// beginBatch begins a transaction.
func (c *writeConn) beginBatch() error {
	clear(c.added)
	clear(c.tails)
	if err := exec(c.begin); err != nil {
		return err
	}
	head, err := readHead(c.headOf)
	if err != nil {
		exec(c.rollback) // nothing was written; a failure shows at the next begin
		return err
	}
	c.head, c.base = head, head
	c.now = time.Now().UnixMicro()
	return nil
}

// commitBatch keeps what the transaction added. It is called after the commit.
func (c *writeConn) commitBatch() {
	for v, hash := range c.added {
		c.shapes[v] = hash
	}
}

// append decides one append within the open transaction and sets its outcome.
// It returns an error if a statement failed; then the transaction is lost.
func (c *writeConn) append(p *pending) error {
	p.inserted = false
	id := p.Metadata.CommandID
	if id != "" {
		receipt, found, err := findCommand(c.command, p.Stream, id, p.Request)
		switch {
		case found:
			p.out = ironstar.Outcome{Receipt: receipt}
			return nil
		case refusal(err):
			p.refuse(err)
			return nil
		case err != nil:
			return fmt.Errorf("look up command %q: %w", id, err)
		}
	}
	t, err := c.tail(p.Stream)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	if err := c.allowed(p, t); err != nil {
		p.refuse(err)
		return nil
	}
	if p.baseless() {
		p.refuse(&ironstar.ConflictError{Stream: p.Stream, Expected: p.Expected, Actual: t.version})
		return nil
	}
	if len(p.Events) == 0 {
		p.out = ironstar.Outcome{Receipt: ironstar.Receipt{Last: t.position, Version: t.version}}
		return nil
	}
	return c.insert(p, t)
}

// tail is the end of a stream, counting appends of the open transaction.
func (c *writeConn) tail(s ironstar.Stream) (tail, error) {
	if t, ok := c.tails[s]; ok {
		return t, nil
	}
	t, err := readTail(c.last, s)
	if err == nil {
		c.tails[s] = t
	}
	return t, err
}

// allowed refuses an append that does not fit what is stored.
func (c *writeConn) allowed(p *pending, t tail) error {
	if p.Expected != t.version {
		return &ironstar.ConflictError{Stream: p.Stream, Expected: p.Expected, Actual: t.version}
	}
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

// insert writes the events of an append that is allowed.
func (c *writeConn) insert(p *pending, t tail) error {
	first := c.head + 1
	for i, e := range p.Events {
		c.head++
		t.version++
		if err := c.insertOne(p, i, t.version); err != nil {
			return fmt.Errorf("insert %s.v%d: %w", e.Type, e.SchemaVersion, err)
		}
		if err := c.addShape(p.Stream.Kind, e); err != nil {
			return fmt.Errorf("insert shape of %s.v%d: %w", e.Type, e.SchemaVersion, err)
		}
		t.final = e.Final
	}
	t.position = c.head
	receipt := ironstar.Receipt{First: first, Last: c.head, Version: t.version}
	if id := p.Metadata.CommandID; id != "" {
		if err := c.addCommand(p, receipt); err != nil {
			return fmt.Errorf("insert command %q: %w", id, err)
		}
	}
	c.tails[p.Stream] = t
	p.out = ironstar.Outcome{Receipt: receipt}
	p.inserted = true
	return nil
}

// insertOne writes event i of an append at the head.
func (c *writeConn) insertOne(p *pending, i int, sequence ironstar.Version) error {
	e, st := &p.Events[i], c.insertEvent
	st.BindInt64(1, int64(c.head))
	st.BindText(2, p.Stream.Kind)
	st.BindText(3, p.Stream.ID)
	st.BindInt64(4, int64(sequence))
	st.BindText(5, e.Type)
	st.BindInt64(6, int64(e.SchemaVersion))
	st.BindText(7, p.payloads[i])
	st.BindText(8, p.metadata)
	st.BindInt64(9, c.now)
	st.BindBool(10, e.Final)
	return exec(st)
}

// addShape records the shape of a version that the file does not hold yet.
func (c *writeConn) addShape(kind string, e ironstar.Proposed) error {
	v := version{kind, e.Type, e.SchemaVersion}
	if e.Shape == "" || c.shapes[v] != "" || c.added[v] != "" {
		return nil
	}
	st := c.insertShape
	st.BindText(1, kind)
	st.BindText(2, e.Type)
	st.BindInt64(3, int64(e.SchemaVersion))
	st.BindText(4, e.Shape)
	st.BindInt64(5, int64(c.head))
	if err := exec(st); err != nil {
		return err
	}
	c.added[v] = e.Shape
	return nil
}

// addCommand records a command id and what it became.
func (c *writeConn) addCommand(p *pending, r ironstar.Receipt) error {
	st := c.insertCommand
	st.BindText(1, p.Stream.Kind)
	st.BindText(2, p.Stream.ID)
	st.BindText(3, p.Metadata.CommandID)
	st.BindBytes(4, p.Request[:])
	st.BindInt64(5, int64(r.First))
	st.BindInt64(6, int64(r.Last))
	st.BindInt64(7, int64(r.Version))
	return exec(st)
}
