package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev/sqlite"
)

// bareLog writes to the file of a store with nothing but the driver: the same
// tables, indexes, triggers and pragmas, one connection, one goroutine. It
// looks nothing up: versions, command ids and shapes are its caller's word.
type bareLog struct {
	conn                  *zs.Conn
	begin, insert, commit *zs.Stmt
	position              int64
}

// bareEvent is one row.
type bareEvent struct {
	stream   string
	sequence int64
	payload  string
}

// openBare makes a new file as a store would and opens it without one. Whoever
// opens it closes it.
func openBare(ctx context.Context, path string) (*bareLog, error) {
	store, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	conn, err := zs.OpenConn(path, zs.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	l := &bareLog{conn: conn}
	if err := l.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("prepare %s: %w", path, err), conn.Close())
	}
	return l, nil
}

// prepare applies the settings of the store's write connection.
func (l *bareLog) prepare() error {
	for _, pragma := range []string{
		"journal_mode = WAL", "synchronous = FULL", "cache_size = -64000",
		"temp_store = MEMORY", "foreign_keys = ON", "trusted_schema = OFF",
	} {
		if err := sqlitex.ExecuteTransient(l.conn, "PRAGMA "+pragma, nil); err != nil {
			return err
		}
	}
	for query, st := range map[string]**zs.Stmt{
		"BEGIN IMMEDIATE": &l.begin, "COMMIT": &l.commit,
		"INSERT INTO events VALUES (?1, 'todo.List', ?2, ?3, 'Added', 1, ?4, '{}', ?5, 0)": &l.insert,
	} {
		var err error
		if *st, err = l.conn.Prepare(query); err != nil {
			return err
		}
	}
	return nil
}

// append stores events in one transaction, and returns when they are synced.
func (l *bareLog) append(events ...bareEvent) error {
	if err := step(l.begin); err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	for _, e := range events {
		l.position++
		l.insert.BindInt64(1, l.position)
		l.insert.BindText(2, e.stream)
		l.insert.BindInt64(3, e.sequence)
		l.insert.BindText(4, e.payload)
		l.insert.BindInt64(5, now)
		if err := step(l.insert); err != nil {
			return err
		}
	}
	return step(l.commit)
}

func (l *bareLog) close() error { return l.conn.Close() }

// step executes a statement without rows and makes it ready for its next use.
func step(st *zs.Stmt) error {
	_, err := st.Step()
	return errors.Join(err, st.Reset())
}
