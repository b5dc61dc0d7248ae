package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// selectEvents is the beginning of a query for complete events.
const selectEvents = "SELECT position, aggregate_type, aggregate_id, sequence, event_type, schema_version, " +
	"payload, metadata, recorded_at, final, checksum FROM events "

// scanFloor reads every column of every event in order with the bare driver,
// and discards it. With several connections each reads a share of the positions
// at the same time. It returns events per second.
func scanFloor(path string, events, conns int) (rate float64, err error) {
	open := make([]*zs.Stmt, conns)
	for i := range open {
		conn, err := zs.OpenConn(path, zs.OpenReadOnly)
		if err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, conn.Close()) }()
		if open[i], err = conn.Prepare(selectEvents + "WHERE position > ?1 AND position <= ?2 ORDER BY position"); err != nil {
			return 0, err
		}
	}
	rows, errs := make([]int, conns), make([]error, conns)
	begun := time.Now()
	var wg sync.WaitGroup
	for i, st := range open {
		st.BindInt64(1, int64(i*events/conns))
		st.BindInt64(2, int64((i+1)*events/conns))
		wg.Go(func() { rows[i], errs[i] = readRows(st) })
	}
	wg.Wait()
	took := time.Since(begun)
	all := 0
	for _, n := range rows {
		all += n
	}
	if err := errors.Join(errs...); err != nil || all != events {
		return 0, fmt.Errorf("read %d events of %d: %w", all, events, err)
	}
	return float64(events) / took.Seconds(), nil
}

// readRows executes a query for events, reads each column into a Go value, and
// returns the number of rows.
func readRows(st *zs.Stmt) (rows int, err error) {
	size := 0
	for {
		more, err := st.Step()
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		for _, i := range []int{0, 3, 5, 8, 9, 10} {
			size += int(st.ColumnInt64(i) & 1)
		}
		for _, i := range []int{1, 2, 4, 6, 7} {
			size += len(st.ColumnText(i))
		}
		rows++
	}
	if size == 0 {
		return 0, fmt.Errorf("read %d rows of nothing", rows)
	}
	return rows, st.Reset()
}
