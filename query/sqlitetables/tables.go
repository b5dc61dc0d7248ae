package sqlitetables

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/query"
)

// readers is how many connections ask. All are opened at once: later, the file may have
// been replaced by another process, and a connection must not be of another file than
// the one that writes.
const readers = 4

// tables are those of one context in one file.
type tables struct {
	path   string
	layout *layout

	writing sync.Mutex // held while conn is used
	conn    *zs.Conn
	opening string // in _openings: this process has not closed the file

	free   chan *reader  // connections that nobody uses; as many as there are fit in
	opened int           // connections that ask
	closed chan struct{} // closed by Close
}

// openTables opens a file that is believed.
func openTables(path string, l *layout) (*tables, error) {
	if err := os.Remove(path + closedSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	c, err := openConn(path, zs.OpenReadWrite)
	if err != nil {
		return nil, explain(err)
	}
	t := &tables{path: path, layout: l, conn: c, opening: rand.Text(), free: make(chan *reader, readers), closed: make(chan struct{})}
	if err := exec(c, "INSERT INTO _openings VALUES (?)", t.opening); err != nil {
		c.Close()
		return nil, explain(err)
	}
	for range readers {
		r, err := openReader(path)
		if err != nil {
			_ = t.closeConns()
			return nil, explain(err)
		}
		t.free <- r
		t.opened++
	}
	return t, nil
}

// Position implements [query.Tables].
func (t *tables) Position(ctx context.Context) (p ironstar.Position, err error) {
	err = t.reading(ctx, func(r *reader) error {
		defer r.position.Reset()
		p, err = r.readPosition()
		return err
	})
	return p, err
}

// Feed implements [query.Tables].
func (t *tables) Feed(ctx context.Context, b *query.Batch) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	t.conn.SetInterrupt(ctx.Done())
	err := t.feed(b)
	t.conn.SetInterrupt(nil)
	if err != nil && !t.conn.AutocommitEnabled() {
		if back := exec(t.conn, "ROLLBACK"); back != nil {
			err = errors.Join(err, back)
		}
	}
	if zs.ErrCode(err) == zs.ResultInterrupt && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return fmt.Errorf("feed %s after %d: %w", t.path, b.After, explain(err))
	}
	return nil
}

// feed is one transaction, which its caller rolls back after an error.
func (t *tables) feed(b *query.Batch) error {
	if err := exec(t.conn, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	at, err := queryInt(t.conn, "SELECT position FROM _tables")
	if err != nil {
		return err
	}
	if ironstar.Position(at) != b.After {
		return fmt.Errorf("%w: they are at %d", query.ErrMoved, at)
	}
	for _, rows := range b.Tables {
		if err := t.insert(rows); err != nil {
			return err
		}
	}
	if err := exec(t.conn, "UPDATE _tables SET position = ?, proof = ?", int64(b.Upto), b.Proof); err != nil {
		return err
	}
	return exec(t.conn, "COMMIT")
}

// insert adds rows to one table.
func (t *tables) insert(rows query.TableRows) error {
	index, ok := t.layout.indexes[rows.Table]
	if !ok {
		return fmt.Errorf("%w: there is no table %s", query.ErrValue, rows.Table)
	}
	table := &t.layout.tables[index]
	st, err := t.conn.Prepare(table.insert)
	if err != nil {
		return err
	}
	for _, values := range rows.Rows {
		if len(values) != len(table.columns) {
			return fmt.Errorf("%w: a row of table %s has %d values, not %d", query.ErrValue, table.name, len(values), len(table.columns))
		}
		at := 1
		for i := range values {
			if at, err = bindColumn(st, at, &table.columns[i].Type, values[i]); err != nil {
				return fmt.Errorf("%w: table %s, position %v, column %s: %w", query.ErrValue, table.name, values[0], table.columns[i].Name, err)
			}
		}
		switch _, err := st.Step(); {
		case zs.ErrCode(err).ToPrimary() == zs.ResultTooBig:
			return fmt.Errorf("%w: table %s, position %v: %w", query.ErrValue, table.name, values[0], err)
		case err != nil:
			return err
		}
		if err := st.Reset(); err != nil {
			return err
		}
	}
	return nil
}

// Close implements [query.Tables]. The last process that closes the file notes its state.
func (t *tables) Close() error {
	t.writing.Lock()
	defer t.writing.Unlock()
	lock, lockErr := lockOpening(t.path)
	if lockErr == nil {
		defer lock.Close()
	}
	err := exec(t.conn, "DELETE FROM _openings WHERE process = ?", t.opening)
	open, countErr := queryInt(t.conn, "SELECT count(*) FROM _openings")
	if err = errors.Join(err, countErr, t.closeConns()); err != nil {
		return fmt.Errorf("close %s: %w", t.path, explain(err))
	}
	_, err = os.Stat(t.path + "-wal")
	if lockErr == nil && open == 0 && errors.Is(err, fs.ErrNotExist) {
		return noteClosed(t.path)
	}
	return nil
}

// closeConns waits for all connections and closes them.
func (t *tables) closeConns() (err error) {
	close(t.closed)
	for range t.opened {
		r := <-t.free
		err = errors.Join(err, r.Close())
	}
	return errors.Join(err, t.conn.Close())
}
