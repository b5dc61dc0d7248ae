package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	duck "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev"
	"ironstar.dev/query"
)

// Ask computes the rows of an answer, see [query.Tables].
func (t *Tables) Ask(ctx context.Context, q *query.Question, args []ironstar.QueryArg, row func([]any) error) (p ironstar.Position, err error) {
	err = t.snapshot(ctx, q, func(tx *sql.Tx, s *statement) error {
		if p, err = position(ctx, tx); err != nil {
			return err
		}
		bound, err := bind(q, args)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, s.limited(q.Rows+1), bound...)
		if err != nil {
			return askError(ctx, q, err)
		}
		defer rows.Close()
		return eachRow(ctx, q, rows, row)
	})
	return p, err
}

// snapshot runs f in a transaction that reads, with a question that was checked.
func (t *Tables) snapshot(ctx context.Context, q *query.Question, f func(*sql.Tx, *statement) error) error {
	end, err := t.begin()
	if err != nil {
		return err
	}
	defer end()
	s, err := t.statement(ctx, q)
	if err != nil {
		return err
	}
	if s.remote && t.noRemote != nil {
		return fmt.Errorf("ask %s in DuckDB: %w", q.Name, t.noRemote)
	}
	// The transaction outlives ctx, so that only one place stops what is computed.
	tx, err := t.db.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return contextError(ctx, err)
	}
	defer tx.Rollback()
	return f(tx, s)
}

// askError is err, if there is one, with what could not be computed.
func askError(ctx context.Context, q *query.Question, err error) error {
	if err = contextError(ctx, err); err == nil || ctx.Err() != nil || errors.Is(err, query.ErrDamaged) {
		return err
	}
	return fmt.Errorf("ask %s in DuckDB: %w", q.Name, err)
}

// eachRow calls row with the values of each row, as the question declares them.
func eachRow(ctx context.Context, q *query.Question, rows *sql.Rows, row func([]any) error) error {
	types, err := rows.ColumnTypes()
	if err != nil {
		return askError(ctx, q, err)
	}
	names, err := rows.Columns()
	if err == nil {
		err = declared(names, q.Columns)
	}
	if err != nil {
		return askError(ctx, q, err)
	}
	found := make([]any, len(types))
	targets := make([]any, len(types))
	for i := range found {
		targets[i] = &found[i]
	}
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(targets...); err != nil {
			return askError(ctx, q, err)
		}
		values := make([]any, len(types))
		for i, c := range q.Columns {
			if values[i], err = value(c.Type, types[i].DatabaseTypeName(), found[i]); err != nil {
				return fmt.Errorf("ask %s in DuckDB: %w", q.Name, unusable("row %d, column %s: %s", n, c.Name, err))
			}
		}
		if err := row(values); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return askError(ctx, q, rows.Err())
}

// bind returns the parameters for the driver. Each has its declared type by a cast, see
// typedSQL; here is what the cast reads.
func bind(q *query.Question, args []ironstar.QueryArg) ([]any, error) {
	given := map[string]any{}
	for _, a := range args {
		given[a.Name] = a.Value
	}
	var bound []any
	for _, p := range q.Params {
		v, ok := given[p.Name]
		if !ok {
			return nil, fmt.Errorf("ask %s in DuckDB: the parameter $%s has no value", q.Name, p.Name)
		}
		switch x := v.(type) {
		case time.Time:
			v = duck.Typed(x.UTC().Truncate(time.Microsecond), duck.TYPE_TIMESTAMP)
		case ironstar.Date:
			v = x.String()
		case ironstar.Decimal:
			v = x.String()
		case ironstar.UUID:
			v = x.String()
		case time.Duration:
			v = x.Microseconds()
		}
		bound = append(bound, sql.Named(p.Name, v))
	}
	if len(args) != len(q.Params) {
		return nil, fmt.Errorf("ask %s in DuckDB: %d parameters are given, it has %d", q.Name, len(args), len(q.Params))
	}
	return bound, nil
}
