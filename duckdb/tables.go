package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"ironstar.dev"
	"ironstar.dev/query"
)

// Tables are the events of one context in a DuckDB file. They are [query.Tables]. All
// methods may be called from any goroutine.
type Tables struct {
	opts Options
	set  *ironstar.TableSet
	file file
	db   *sql.DB

	gate     *gate // what DuckDB reaches other hosts through; nil: none
	noRemote error // why no files of other hosts can be read

	feeding sync.Mutex

	mu       sync.Mutex
	prepared map[*query.Question]*statement
	allowed  map[string]string // see Tables.refusal
	under    sync.WaitGroup    // calls under way
	closed   bool
}

var _ query.Tables = (*Tables)(nil)

var errClosed = errors.New("the tables are closed")

// open opens the file, or makes it again if it is not what it should be.
func (e *Engine) open(ctx context.Context, o query.OpenOptions) (*Tables, error) {
	f, err := fileIn(o.Dir, o.Set.Context)
	if err != nil {
		return nil, err
	}
	t, doubt, err := e.existing(ctx, f, o)
	if err != nil || t != nil {
		return t, err
	}
	if doubt != "" {
		logger := o.Logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.Warn("tables are made again", "file", f.path, "reason", doubt)
	}
	if err := f.remove(); err != nil {
		return nil, err
	}
	if t, err = e.connect(ctx, f, o); err != nil {
		return nil, err
	}
	if err := t.create(ctx, o); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// existing opens the file if it is there and believed. Otherwise nobody has it open, and
// doubt says why it is not believed; "" if there is none.
func (e *Engine) existing(ctx context.Context, f file, o query.OpenOptions) (t *Tables, doubt string, err error) {
	switch doubt, err = f.doubt(); {
	case err != nil || doubt != "":
		return nil, doubt, err
	case !f.exists():
		return nil, "", nil
	}
	t, err = e.connect(ctx, f, o)
	if errors.Is(err, query.ErrDamaged) {
		return nil, err.Error(), nil
	} else if err != nil {
		return nil, "", err
	}
	doubt = "it was asked for"
	if !o.Again {
		doubt, err = t.believed(ctx, o)
	}
	if doubt == "" && err == nil {
		return t, "", nil
	}
	return nil, doubt, errors.Join(err, t.Close())
}

// connect opens the file, which DuckDB makes if it is not there.
func (e *Engine) connect(ctx context.Context, f file, o query.OpenOptions) (*Tables, error) {
	connector, err := f.open(e.opts)
	if err != nil {
		return nil, err
	}
	t := &Tables{opts: e.opts, set: o.Set, file: f, db: sql.OpenDB(connector), prepared: map[*query.Question]*statement{}, allowed: map[string]string{}}
	if err := t.configure(ctx); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// begin is called before each use. The function that it returns ends the use.
func (t *Tables) begin() (end func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, errClosed
	}
	t.under.Add(1)
	return t.under.Done, nil
}

// Close waits for calls under way and releases the file.
func (t *Tables) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	t.mu.Unlock()
	t.under.Wait()
	err := t.db.Close()
	if t.gate != nil {
		err = errors.Join(err, t.gate.close())
	}
	if err != nil {
		return fmt.Errorf("close the tables of %s in DuckDB: %w", t.set.Context, err)
	}
	return os.RemoveAll(t.file.exports())
}
