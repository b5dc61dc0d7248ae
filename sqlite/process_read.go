package sqlite

import (
	"context"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// processLayout is the layout of files that brought processes.
const processLayout = 5

// Step is not possible: a reader writes nothing.
func (r *Reader) Step(context.Context, ironstar.Step) error {
	return fmt.Errorf("%w: the file is open for reading only", ironstar.ErrRetryable)
}

// processReader implements the reading part of [ironstar.Processes] for [Store] and
// [Reader].
type processReader struct{ pool *pool }

// hasProcesses reports whether a file has the tables of processes.
func hasProcesses(c *zs.Conn) (bool, error) {
	var layout int
	err := scanText(c, "PRAGMA user_version", &layout)
	return layout >= processLayout, err
}

// rows calls do for each row of a query.
func (p processReader) rows(ctx context.Context, query string, args []any, begin func(), do func(*readConn, *zs.Stmt) error) error {
	return p.pool.chunk(ctx, func(c *readConn) error {
		begin()
		if there, err := hasProcesses(c.Conn); err != nil || !there {
			return err
		}
		return eachRow(c, query, args, func(st *zs.Stmt) error { return do(c, st) })
	})
}

// Process implements [ironstar.Processes].
func (p processReader) Process(ctx context.Context, name string) (found ironstar.StoredProcess, there bool, err error) {
	err = p.rows(ctx, sqlProcess, []any{name}, func() { there = false }, func(c *readConn, st *zs.Stmt) error {
		there = true
		found, err = readProcess(st)
		if err != nil {
			return err
		}
		return countProcess(c, &found)
	})
	if err != nil {
		return ironstar.StoredProcess{}, false, fmt.Errorf("read process %s: %w", name, err)
	}
	return found, there, nil
}

// countProcess counts what waits.
func countProcess(c *readConn, p *ironstar.StoredProcess) error {
	return eachRow(c, sqlProcessCounts, []any{p.Name}, func(st *zs.Stmt) error {
		p.Timers, p.Outgoing, p.Dead, p.Parked = st.ColumnInt(0), st.ColumnInt(1), st.ColumnInt(2), st.ColumnInt(3)
		return nil
	})
}

// Processes implements [ironstar.Processes].
func (p processReader) Processes(ctx context.Context) (all []ironstar.StoredProcess, err error) {
	err = p.rows(ctx, sqlProcesses, []any{"", -1}, func() { all = nil }, func(c *readConn, st *zs.Stmt) error {
		one, err := readProcess(st)
		if err != nil {
			return err
		}
		all = append(all, one)
		return countProcess(c, &all[len(all)-1])
	})
	if err != nil {
		return nil, fmt.Errorf("read processes: %w", err)
	}
	return all, nil
}

// Timers implements [ironstar.Processes].
func (p processReader) Timers(ctx context.Context, process string, at time.Time, most int) (due []ironstar.Timer, next time.Time, err error) {
	err = p.rows(ctx, sqlDueTimers, []any{process, int(at.UnixMicro()), most}, func() { due = nil }, func(c *readConn, st *zs.Stmt) error {
		t, err := readTimer(st)
		due = append(due, t)
		return err
	})
	after := at
	if err == nil && len(due) == most && most > 0 {
		after = due[most-1].At.Add(-time.Microsecond) // there may be more at that time
	}
	if err == nil {
		err = p.rows(ctx, sqlNextTimer, []any{process, int(after.UnixMicro())}, func() { next = time.Time{} }, func(c *readConn, st *zs.Stmt) error {
			next = time.UnixMicro(st.ColumnInt64(0)).UTC()
			return nil
		})
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("read timers of %s: %w", process, err)
	}
	return due, next, nil
}

// Outgoing implements [ironstar.Processes].
func (p processReader) Outgoing(ctx context.Context, process string, dead bool, step int64, index, most int) (all []ironstar.Outgoing, err error) {
	query := sqlOutgoing
	if dead {
		query = sqlDeadLetters
	}
	err = p.rows(ctx, query, []any{process, int(step), index, most}, func() { all = nil }, func(c *readConn, st *zs.Stmt) error {
		o, err := readOutgoing(st)
		all = append(all, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read outgoing of %s: %w", process, err)
	}
	return all, nil
}

// Parked implements [ironstar.Processes].
func (p processReader) Parked(ctx context.Context, process string) (all []ironstar.ParkedKey, err error) {
	err = p.rows(ctx, sqlParkedKeys, []any{process}, func() { all = nil }, func(c *readConn, st *zs.Stmt) error {
		all = append(all, ironstar.ParkedKey{Key: st.ColumnText(0), Position: ironstar.Position(st.ColumnInt64(1)), Reason: st.ColumnText(2)})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read parked keys of %s: %w", process, err)
	}
	return all, nil
}
