package sqlite

import (
	"errors"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// errUsed says that a command id can neither be recorded nor found, which is a
// fault of the file.
var errUsed = errors.New("command id is in the index but not in the table; check the file with PRAGMA integrity_check")

// writeConn is the connection that writes, its statements, and what is known
// about the file. Within a transaction head, added, tails and rows run ahead of
// the file.
type writeConn struct {
	*zs.Conn
	begin, commit, rollback    *zs.Stmt
	insertCommand, insertShape *zs.Stmt
	command, last, atPosition  *zs.Stmt
	headOf, look, passive      *zs.Stmt
	events                     inserter

	logID  string
	head   ironstar.Position // the last one given out
	shapes shapes            // of the file
	tails  tails
	added  shapes            // by the open transaction
	rows   []row             // accepted by the open transaction, not inserted yet
	base   ironstar.Position // head when the open transaction began
	now    int64             // time of the open transaction, microseconds since 1970
	unseen int               // pages that were perhaps written since the log's size was known
}

// open opens the connection. After it, nothing that cannot be read will ever
// appear: see [writer.settle].
func (w *writer) open() error {
	c, err := openConn(w.path, zs.OpenReadWrite, writerPragmas())
	if err != nil {
		return err
	}
	wc := &writeConn{Conn: c, added: shapes{}, tails: newTails(w.maxTails)}
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
		sqlInsertCommand:  &c.insertCommand,
		sqlInsertShape:    &c.insertShape,
		sqlCommand:        &c.command,
		sqlLastOfStream:   &c.last,
		sqlEventAt:        &c.atPosition,
		sqlHead:           &c.headOf,

		"PRAGMA wal_checkpoint(NOOP)":    &c.look,
		"PRAGMA wal_checkpoint(PASSIVE)": &c.passive,
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
	if c.shapes, err = readShapes(c.Conn); err != nil {
		return err
	}
	c.head, err = readHead(c.headOf)
	return err
}

// beginBatch begins a transaction.
func (c *writeConn) beginBatch() error {
	c.tails.age()
	if err := exec(c.begin); err != nil {
		return err
	}
	head, err := readHead(c.headOf)
	if err != nil {
		exec(c.rollback) // nothing was written; a failure shows at the next begin
		return err
	}
	if head != c.head { // another program has appended: it must not, but may have
		c.tails.forget()
	}
	c.head, c.base = head, head
	c.now = time.Now().UnixMicro()
	return nil
}

// commitBatch commits the transaction. After an error it is not known what has
// become of it.
func (c *writeConn) commitBatch() error {
	if err := exec(c.commit); err != nil {
		return err
	}
	for v, hash := range c.added {
		c.shapes[v] = hash
	}
	clear(c.added)
	c.base = c.head
	return nil
}

// forget drops what is known of the open transaction, which was rolled back.
func (c *writeConn) forget() {
	c.head = c.base
	c.tails.forget()
	clear(c.added)
	c.dropRows()
}

// decide sets the outcomes of a batch within the open transaction and writes
// what they need. It returns an error if a statement failed; then the
// transaction is lost.
func (c *writeConn) decide(batch []*pending) error {
	for _, p := range batch {
		if err := c.append(p); err != nil {
			return err
		}
	}
	err := c.events.insert(c.rows, c.now)
	c.unseen += 4 // the upper pages of tables and indexes
	for _, r := range c.rows {
		c.unseen += 2 + len(r.payload())/pageSize
	}
	return err
}

// dropRows keeps the room for rows, and none of their payloads.
func (c *writeConn) dropRows() {
	clear(c.rows)
	c.rows = c.rows[:0]
}

// append decides one append.
func (c *writeConn) append(p *pending) error {
	p.inserted = false
	end, err := c.tail(p.Stream)
	if err != nil {
		return fmt.Errorf("read version: %w", err)
	}
	refused := c.allowed(p, end)
	if refused == nil && len(p.Events) > 0 {
		if err := c.insert(p, end); p.inserted || err != nil {
			return err
		}
		refused = errUsed
	}
	return c.answer(p, end, refused)
}

// answer sets the outcome of an append that adds nothing. If its command id was
// used before, that goes before what speaks against it now.
func (c *writeConn) answer(p *pending, end tail, refused error) error {
	if id := p.Metadata.CommandID; id != "" {
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
	switch {
	case refused == errUsed:
		return refused
	case refused != nil:
		p.refuse(refused)
	default:
		p.out = ironstar.Outcome{Receipt: ironstar.Receipt{Last: end.position, Version: end.version}}
	}
	return nil
}

// tail is the end of a stream, counting appends of the open transaction.
func (c *writeConn) tail(s ironstar.Stream) (tail, error) {
	if end, ok := c.tails.get(s); ok {
		return end, nil
	}
	end, err := readTail(c.last, s)
	if err == nil {
		c.tails.set(s, end)
	}
	return end, err
}

// allowed refuses an append that does not fit what is stored.
func (c *writeConn) allowed(p *pending, t tail) error {
	if p.Expected != t.version || p.baseless() {
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

// insert accepts an append that is allowed, unless its command id was used
// before. That is found out by recording it: so a new one, which nearly all
// are, costs no look at the table before.
func (c *writeConn) insert(p *pending, end tail) error {
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
		c.rows = append(c.rows, row{p, i, c.head, end.version})
		if e := &p.Events[i]; e.Shape != "" {
			if err := c.addShape(p.Stream.Kind, e); err != nil {
				return fmt.Errorf("insert shape of %s.v%d: %w", e.Type, e.SchemaVersion, err)
			}
		}
	}
	c.tails.set(p.Stream, tail{version: end.version, position: c.head, final: p.Events[n-1].Final})
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
	if err := exec(st); err != nil {
		return err
	}
	c.added[v] = e.Shape
	return nil
}

// addCommand records a command id and what it becomes, and reports whether it
// is new.
func (c *writeConn) addCommand(p *pending, r ironstar.Receipt) (added bool, err error) {
	st := c.insertCommand
	st.BindText(1, p.Stream.Kind)
	st.BindText(2, p.Stream.ID)
	st.BindText(3, p.Metadata.CommandID)
	st.BindBytes(4, p.Request[:])
	st.BindInt64(5, int64(r.First))
	st.BindInt64(6, int64(r.Last))
	st.BindInt64(7, int64(r.Version))
	if err := exec(st); err != nil {
		return false, err
	}
	return c.Changes() > 0, nil
}
