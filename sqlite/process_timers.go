package sqlite

import (
	"context"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// CountTimers returns how many timers of a process are due at a time, and how many belong
// to parked keys, which are not among them.
func (p processReader) CountTimers(ctx context.Context, process string, at time.Time) (due, parked int, err error) {
	err = p.rows(ctx, sqlTimerCounts, []any{process, int(at.UnixMicro())}, func() { due, parked = 0, 0 }, func(_ *readConn, st *zs.Stmt) error {
		due, parked = st.ColumnInt(0), st.ColumnInt(1)
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("count timers of %s: %w", process, err)
	}
	return due, parked, nil
}

// ParkedTimers returns timers of parked keys, the earliest first, at most so many.
func (p processReader) ParkedTimers(ctx context.Context, process string, most int) (all []ironstar.Timer, err error) {
	err = p.rows(ctx, sqlParkedTimers, []any{process, most}, func() { all = nil }, func(_ *readConn, st *zs.Stmt) error {
		t, err := readTimer(st)
		all = append(all, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read timers of parked keys of %s: %w", process, err)
	}
	return all, nil
}
