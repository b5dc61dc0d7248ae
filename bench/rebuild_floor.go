package main

import (
	"errors"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// scanFloor reads every column of every event with the bare driver, in order,
// and keeps nothing. It returns events per second.
func scanFloor(path string, events int) (rate float64, err error) {
	conn, err := zs.OpenConn(path, zs.OpenReadOnly)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	st, err := conn.Prepare("SELECT position, aggregate_type, aggregate_id, sequence, event_type, schema_version, " +
		"payload, metadata, recorded_at FROM events ORDER BY position")
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	rows, size := 0, 0
	for {
		more, err := st.Step()
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		for _, i := range []int{0, 3, 5, 8} {
			size += int(st.ColumnInt64(i) & 1)
		}
		for _, i := range []int{1, 2, 4, 6, 7} {
			size += len(st.ColumnText(i))
		}
		rows++
	}
	took := time.Since(begun)
	if rows != events || size == 0 {
		return 0, fmt.Errorf("read %d events of %d", rows, events)
	}
	return float64(events) / took.Seconds(), nil
}
