package duckdb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	duck "github.com/duckdb/duckdb-go/v2"

	"ironstar.dev"
	"ironstar.dev/query"
)

// Feed adds rows and moves the checkpoint, in one transaction.
func (t *Tables) Feed(ctx context.Context, b *query.Batch) error {
	end, err := t.begin()
	if err != nil {
		return err
	}
	defer end()
	t.feeding.Lock()
	defer t.feeding.Unlock()
	if err := t.feed(ctx, b); err != nil {
		return fmt.Errorf("feed the tables of %s in DuckDB with the events %d to %d: %w", t.set.Context, b.After+1, b.Upto, err)
	}
	return nil
}

func (t *Tables) feed(ctx context.Context, b *query.Batch) error {
	conn, err := t.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fileError(err)
	}
	defer tx.Rollback()
	switch at, err := position(ctx, tx); {
	case err != nil:
		return err
	case at != b.After:
		return fmt.Errorf("%w: they are at %d", query.ErrMoved, at)
	}
	for _, rows := range b.Tables {
		if err := t.add(ctx, conn, rows); err != nil {
			return fmt.Errorf("%s: %w", rows.Table, contextError(ctx, err))
		}
	}
	if _, err := tx.ExecContext(ctx, "UPDATE "+meta+" SET position = $1, proof = $2", int64(b.Upto), b.Proof); err != nil {
		return contextError(ctx, err)
	}
	return contextError(ctx, tx.Commit())
}

// add appends rows to a table, in the transaction of the connection.
func (t *Tables) add(ctx context.Context, conn *sql.Conn, rows query.TableRows) error {
	columns, err := t.columns(rows.Table)
	if err != nil {
		return err
	}
	return conn.Raw(func(c any) error {
		appender, err := duck.NewAppenderFromConn(c.(driver.Conn), "main", rows.Table)
		if err != nil {
			return err
		}
		if err := appendRows(ctx, appender, columns, rows.Rows); err != nil {
			return errors.Join(err, appender.Clear(), appender.Close())
		}
		return appender.CloseWithCancel(ctx)
	})
}

// misfit is an error that wraps query.ErrValue.
func misfit(format string, args ...any) error {
	return fmt.Errorf("%w: %w", query.ErrValue, fmt.Errorf(format, args...))
}

func appendRows(ctx context.Context, appender *duck.Appender, columns []ironstar.Column, rows [][]any) error {
	cells := make([]driver.Value, len(columns))
	for i, row := range rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if len(row) != len(columns) {
			return misfit("a row has %d values, the table %d columns", len(row), len(columns))
		}
		for j, c := range columns {
			var err error
			if cells[j], err = cell(c.Type, row[j]); err != nil {
				return misfit("event %v, column %s: %w", row[0], c.Name, err)
			}
		}
		if err := appender.AppendRow(cells...); err != nil {
			return misfit("event %v: %w", row[0], err)
		}
	}
	return nil
}

// columns are those of a table.
func (t *Tables) columns(table string) ([]ironstar.Column, error) {
	for have := range t.tables() {
		if have.Name == table {
			return have.Columns, nil
		}
	}
	return nil, misfit("there is no such table")
}

// contextError is the error of ctx if that has ended, and otherwise err.
func contextError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return fileError(err)
}
