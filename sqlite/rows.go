package sqlite

import (
	"fmt"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// rowColumns is the number of parameters of one row in sqlInsertEvents.
const rowColumns = 11

// bigPayload is the largest payload, in bytes, that is inserted together with
// others: a statement holds the values that were bound to it last.
const bigPayload = 16 << 10

// row is an event that the open transaction is going to insert.
type row struct {
	p        *pending
	event    int // of p
	position ironstar.Position
	sequence ironstar.Version
}

// inserter inserts events, many with one statement: what SQLite does at the start
// and end of a statement is then done once. The triggers still run for each row.
type inserter struct {
	sizes []sized // the largest first, down to 1
	sum   rowSum
}

// sized is a statement that inserts a fixed number of rows.
type sized struct {
	rows int
	*zs.Stmt
}

// newInserter prepares the statements.
func newInserter(c *zs.Conn) (inserter, error) {
	var in inserter
	for _, rows := range []int{64, 8, 1} {
		st, err := c.Prepare(insertEvents(rows))
		if err != nil {
			return in, err
		}
		in.sizes = append(in.sizes, sized{rows, st})
	}
	return in, nil
}

// insertEvents is the query that inserts a number of rows.
func insertEvents(rows int) string {
	one := "(?" + strings.Repeat(", ?", rowColumns-1) + ")"
	return sqlInsertEvents + one + strings.Repeat(",\n\t"+one, rows-1)
}

// insert inserts rows in their order.
func (in *inserter) insert(rows []row, now int64) error {
	for len(rows) > 0 {
		st := in.next(rows)
		for i, r := range rows[:st.rows] {
			r.bind(st.Stmt, i*rowColumns, now, &in.sum)
		}
		if err := exec(st.Stmt); err != nil {
			first := rows[0]
			return fmt.Errorf("insert %d events from position %d, %s, on: %w", st.rows, first.position, first.p.Events[first.event].Type, err)
		}
		if len(rows[0].payload()) > bigPayload {
			if err := st.ClearBindings(); err != nil {
				return err
			}
		}
		rows = rows[st.rows:]
	}
	return nil
}

// next chooses the statement for the first of some rows.
func (in *inserter) next(rows []row) sized {
	small := 0
	for small < len(rows) && small < in.sizes[0].rows && len(rows[small].payload()) <= bigPayload {
		small++
	}
	last := len(in.sizes) - 1
	for _, st := range in.sizes[:last] {
		if st.rows <= small {
			return st
		}
	}
	return in.sizes[last]
}

func (r row) payload() string { return r.p.payloads[r.event] }

// bind sets the parameters of one row, which come after the first so many.
func (r row) bind(st *zs.Stmt, after int, now int64, sum *rowSum) {
	e := &r.p.Events[r.event]
	st.BindInt64(after+1, int64(r.position))
	st.BindText(after+2, r.p.Stream.Kind)
	st.BindText(after+3, r.p.Stream.ID)
	st.BindInt64(after+4, int64(r.sequence))
	st.BindText(after+5, e.Type)
	st.BindInt64(after+6, int64(e.SchemaVersion))
	st.BindText(after+7, r.payload())
	st.BindText(after+8, r.p.metadata)
	st.BindInt64(after+9, now)
	st.BindBool(after+10, e.Final)
	st.BindInt64(after+11, eventSum(sum, &eventRow{
		position: r.position, stream: r.p.Stream, sequence: r.sequence, eventType: e.Type,
		schemaVersion: e.SchemaVersion, recordedAt: now, final: e.Final,
	}, r.payload(), r.p.metadata))
}
