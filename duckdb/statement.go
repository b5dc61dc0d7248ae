package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"ironstar.dev"
	"ironstar.dev/query"
)

// statement is a question that was checked.
type statement struct {
	typed  string // its SQL, with parameters cast to their types
	remote bool   // it reads files of other hosts
}

// limited asks for at most so many rows.
func (s *statement) limited(rows int) string {
	return "SELECT * FROM (\n" + s.typed + "\n) LIMIT " + strconv.Itoa(rows)
}

// Check prepares a question, see [query.Tables].
func (t *Tables) Check(ctx context.Context, q *query.Question) error {
	end, err := t.begin()
	if err != nil {
		return err
	}
	defer end()
	_, err = t.statement(ctx, q)
	return err
}

// statement checks a question, once.
func (t *Tables) statement(ctx context.Context, q *query.Question) (*statement, error) {
	t.mu.Lock()
	s := t.prepared[q]
	t.mu.Unlock()
	if s != nil {
		return s, nil
	}
	conn, err := t.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if s, err = t.check(ctx, conn, q); err != nil {
		return nil, fmt.Errorf("%s (%s): %w", q.Name, q.File, contextError(ctx, err))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.prepared[q] = s
	return s, nil
}

// check lets DuckDB read the SQL and looks at everything that it read.
func (t *Tables) check(ctx context.Context, conn *sql.Conn, q *query.Question) (*statement, error) {
	tree, err := parse(ctx, conn, q.SQL)
	if err != nil {
		return nil, err
	}
	r := &reading{ctx: ctx, conn: conn, tables: t, question: q}
	if err := r.all(tree); err != nil {
		return nil, err
	}
	// Each parameter gets its type, also if it is null. What DuckDB reads then must be
	// what was looked at.
	typed := typedSQL(q.SQL, q.Params)
	again, err := parse(ctx, conn, typed)
	if err != nil || !sameTree(r.typed(tree), again) {
		return nil, unusable("its parameters are not understood: write each as $name, and not in a quoted text or name")
	}
	s := &statement{typed: typed, remote: r.remote}
	if s.remote { // whose columns are known when their host answers
		return s, nil
	}
	return s, s.describe(ctx, conn, q)
}

// unusable is an error that wraps query.ErrSQL.
func unusable(format string, args ...any) error {
	return fmt.Errorf("%w: %s", query.ErrSQL, fmt.Sprintf(format, args...))
}

// describe compares the columns of the statement with what is declared. It asks for no
// rows, with null for each parameter: DuckDB knows the columns of some statements only
// when it knows their parameters.
func (s *statement) describe(ctx context.Context, conn *sql.Conn, q *query.Question) error {
	var nulls []any
	for _, p := range q.Params {
		nulls = append(nulls, sql.Named(p.Name, nil))
	}
	rows, err := conn.QueryContext(ctx, s.limited(0), nulls...)
	if err != nil {
		return unusable("%s", err)
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	var names []string
	for _, t := range types {
		names = append(names, t.Name())
	}
	if err := declared(names, q.Columns); err != nil {
		return err
	}
	for i, c := range q.Columns {
		if err := readableAs(c.Type, types[i].DatabaseTypeName()); err != nil {
			return unusable("column %s: %s", c.Name, err)
		}
	}
	return nil
}

// declared refuses columns that are not those that are declared.
func declared(names []string, want []ironstar.Column) error {
	for i := range max(len(names), len(want)) {
		switch {
		case i >= len(names):
			return unusable("it has no column %s: it has %q", want[i].Name, names)
		case i >= len(want):
			return unusable("it has a column %s that is not declared: name it in row, or leave it out", names[i])
		case names[i] != want[i].Name:
			return unusable("column %d is %s, but %s is declared there: use AS, in the order of row", i+1, names[i], want[i].Name)
		}
	}
	return nil
}
