package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev"
	"ironstar.dev/query"
)

// format is that of the file. It changes with how events are laid out here.
const format = 1

// meta is the table with the one row that says what the file is. No table of events
// begins with an underscore.
const meta = "_ironstar"

// create makes the empty tables and the checkpoint, in one transaction.
func (t *Tables) create(ctx context.Context, o query.OpenOptions) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, "CREATE TABLE "+meta+" (format BIGINT, fingerprint VARCHAR, log VARCHAR, position BIGINT, proof VARCHAR)"); err != nil {
		return err
	}
	for table := range t.tables() {
		if _, err := tx.ExecContext(ctx, "CREATE TABLE "+quoted(table.Name)+" ("+sqlColumns(table.Columns)+")"); err != nil {
			return fmt.Errorf("make the table %s: %w", table.Name, err)
		}
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO "+meta+" VALUES ("+strconv.Itoa(format)+", $1, $2, 0, '')", o.Set.Fingerprint, o.LogID); err != nil {
		return err
	}
	return fileError(tx.Commit())
}

// tables yields all tables of the set.
func (t *Tables) tables() func(yield func(ironstar.EventTable) bool) {
	return func(yield func(ironstar.EventTable) bool) {
		for _, a := range t.set.Aggregates {
			for _, table := range a.Tables {
				if !yield(table) {
					return
				}
			}
		}
	}
}

// believed returns why the tables are not those of the log and the set; "" if they are.
func (t *Tables) believed(ctx context.Context, o query.OpenOptions) (doubt string, err error) {
	var c query.Checkpoint
	var found int
	err = t.db.QueryRowContext(ctx, "SELECT format, fingerprint, log, position, proof FROM "+meta).Scan(&found, &c.Fingerprint, &c.LogID, &c.Position, &c.Proof)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return "it does not say what it is: " + firstLine(err), nil
	case found != format:
		return fmt.Sprintf("its format is %d, this build writes %d", found, format), nil
	case c.Fingerprint != o.Set.Fingerprint:
		return "its tables are those of another schema", nil
	case c.LogID != o.LogID:
		return "it is about another log", nil
	}
	if o.Believe == nil {
		return "", nil
	}
	return o.Believe(ctx, c)
}

// Position reads the position of the checkpoint.
func (t *Tables) Position(ctx context.Context) (ironstar.Position, error) {
	end, err := t.begin()
	if err != nil {
		return 0, err
	}
	defer end()
	return position(ctx, t.db)
}

type rowQuerier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// position reads the position of the checkpoint, in a transaction if db is one.
func position(ctx context.Context, db rowQuerier) (p ironstar.Position, err error) {
	err = db.QueryRowContext(ctx, "SELECT position FROM "+meta).Scan(&p)
	switch {
	case ctx.Err() != nil:
		return 0, ctx.Err()
	case errors.Is(err, sql.ErrNoRows):
		return 0, fmt.Errorf("%w: it has no checkpoint", query.ErrDamaged)
	case err != nil:
		return 0, fmt.Errorf("read the checkpoint: %w", fileError(err))
	}
	return p, nil
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
