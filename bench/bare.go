package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	zs "zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"ironstar.dev/sqlite"
)

// bareLog writes to the file of a store with the bare driver: the same tables,
// indexes, triggers and pragmas, one connection, one goroutine. It checks
// neither versions, command ids nor shapes.
type bareLog struct {
	conn                  *zs.Conn
	begin, insert, commit *zs.Stmt
	command               *zs.Stmt
	rows                  int      // rows that one statement inserts
	wide                  *zs.Stmt // inserts them
	position              int64
}

// bareEvent is one row.
type bareEvent struct {
	stream   string
	sequence int64
	payload  string
	command  string // the command id, or ""
}

// openBare makes a new file as a store would and opens it without a store. The
// caller closes it.
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
		insertBare(1): &l.insert,
		"INSERT INTO commands VALUES ('todo.List', ?1, ?2, zeroblob(32), ?3, ?3, ?4, 0)": &l.command,
	} {
		var err error
		if *st, err = l.conn.Prepare(query); err != nil {
			return err
		}
	}
	return nil
}

// bareColumns is how many parameters a row has in insertBare.
const bareColumns = 6

// insertBare returns the statement that inserts a number of rows.
func insertBare(rows int) string {
	one := "(?, 'todo.List', ?, ?, 'Added', 1, ?, ?, ?, 0)"
	return `INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_type, schema_version,
		payload, metadata, recorded_at, final) VALUES ` + one + strings.Repeat(", "+one, rows-1)
}

// widen makes append insert several rows with one statement.
func (l *bareLog) widen(rows int) (err error) {
	l.rows = rows
	l.wide, err = l.conn.Prepare(insertBare(rows))
	return err
}

// append stores events in one transaction, and returns when they are synced.
func (l *bareLog) append(events ...bareEvent) error {
	if err := step(l.begin); err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	for rest := events; len(rest) > 0; {
		st, rows := l.insert, 1
		if l.rows > 1 && len(rest) >= l.rows {
			st, rows = l.wide, l.rows
		}
		for i, e := range rest[:rows] {
			l.position++
			e.bind(st, i*bareColumns, l.position, now)
		}
		if err := step(st); err != nil {
			return err
		}
		rest = rest[rows:]
	}
	if err := l.commands(events); err != nil {
		return err
	}
	return step(l.commit)
}

// bind sets the parameters of one row; after is the number of parameters before
// it.
func (e bareEvent) bind(st *zs.Stmt, after int, position, now int64) {
	metadata := "{}"
	if e.command != "" {
		metadata = `{"command":"` + e.command + `"}`
	}
	st.BindInt64(after+1, position)
	st.BindText(after+2, e.stream)
	st.BindInt64(after+3, e.sequence)
	st.BindText(after+4, e.payload)
	st.BindText(after+5, metadata)
	st.BindInt64(after+6, now)
}

// commands records the ids of events that were just inserted.
func (l *bareLog) commands(events []bareEvent) error {
	for i, e := range events {
		if e.command == "" {
			continue
		}
		l.command.BindText(1, e.stream)
		l.command.BindText(2, e.command)
		l.command.BindInt64(3, l.position-int64(len(events)-1-i))
		l.command.BindInt64(4, e.sequence)
		if err := step(l.command); err != nil {
			return err
		}
	}
	return nil
}

func (l *bareLog) close() error { return l.conn.Close() }

// step executes a statement without rows and makes it ready for its next use.
func step(st *zs.Stmt) error {
	_, err := st.Step()
	return errors.Join(err, st.Reset())
}
