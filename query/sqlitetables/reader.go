package sqlitetables

import (
	"context"
	"errors"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// maxValue is how long a text may become while a question is computed, in bytes.
const maxValue = 64 << 20

// errClosed means that the tables were closed.
var errClosed = errors.New("the tables are closed")

// reader is a connection that asks.
type reader struct {
	*zs.Conn
	guard    *guard
	position *zs.Stmt // while it has a row, all statements are of one snapshot
}

func openReader(path string) (*reader, error) {
	c, err := configured(path, zs.OpenReadOnly,
		"PRAGMA query_only = ON",
		"PRAGMA trusted_schema = OFF",
		"PRAGMA cache_size = -8000",
	)
	if err != nil {
		return nil, err
	}
	c.Limit(zs.LimitLength, maxValue)
	r := &reader{Conn: c, guard: &guard{}}
	if r.guard.known, err = queryTexts(c, "SELECT lower(name) FROM sqlite_schema UNION SELECT lower(name) FROM pragma_module_list"); err != nil {
		c.Close()
		return nil, err
	}
	if err := c.SetAuthorizer(r.guard); err != nil {
		c.Close()
		return nil, err
	}
	if r.position, err = c.Prepare("SELECT position FROM _tables"); err != nil {
		c.Close()
		return nil, err
	}
	return r, nil
}

// readPosition begins a snapshot, which lasts until position is reset.
func (r *reader) readPosition() (ironstar.Position, error) {
	r.guard.allowed = nil
	if row, err := r.position.Step(); !row || err != nil {
		return 0, err
	}
	return ironstar.Position(r.position.ColumnInt64(0)), nil
}

// reading lends a connection, whose statements are interrupted when ctx ends. The error
// is that of ctx if it has ended.
func (t *tables) reading(ctx context.Context, f func(*reader) error) error {
	select {
	case <-t.closed:
		return errClosed
	default:
	}
	var r *reader
	select {
	case r = <-t.free:
	case <-t.closed:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { t.free <- r }()
	if err := ctx.Err(); err != nil {
		return err
	}
	r.SetInterrupt(ctx.Done())
	defer r.SetInterrupt(nil)
	err := f(r)
	if zs.ErrCode(err).ToPrimary() == zs.ResultInterrupt && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return explain(err)
	}
	return nil
}
