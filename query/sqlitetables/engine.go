package sqlitetables

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"ironstar.dev/query"
)

// Engine makes tables in SQLite files. The zero value is ready to use.
type Engine struct{}

// Name is "sqlite".
func (Engine) Name() string { return "sqlite" }

// Open opens <context>.sqlite in the folder, or makes it (again). The caller closes the
// tables.
func (Engine) Open(ctx context.Context, o query.OpenOptions) (query.Tables, error) {
	path := filepath.Join(o.Dir, o.Set.Context+".sqlite")
	l, err := newLayout(o.Set)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	lock, err := lockOpening(path)
	if err != nil {
		return nil, fmt.Errorf("lock %s%s: %w", path, lockSuffix, explain(err))
	}
	defer lock.Close()
	t, err := open(ctx, path, l, o)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, explain(err))
	}
	return t, nil
}

// open opens what can be believed, and makes everything else again.
func open(ctx context.Context, path string, l *layout, o query.OpenOptions) (*tables, error) {
	doubt, err := doubtAbout(ctx, path, o)
	if err != nil {
		return nil, err
	}
	if doubt != "" {
		if doubt != missing {
			o.Logger.Warn("the tables of the queries are made again from the log", "file", path, "because", doubt)
		}
		if err := makeFile(path, l, o); err != nil {
			return nil, err
		}
	}
	t, err := openTables(path, l)
	if errors.Is(err, query.ErrDamaged) && doubt == "" {
		o.Again = true
		return open(ctx, path, l, o)
	}
	return t, err
}
