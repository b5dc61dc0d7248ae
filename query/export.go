package query

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"ironstar.dev"
)

// Exporter is implemented by tables that can write an answer as a Parquet file.
type Exporter interface {
	// Export computes an answer as Tables.Ask does, with its first rows, and writes
	// the file to w. w gets nothing unless all of it could be computed.
	Export(ctx context.Context, q *Question, rows int, args []ironstar.QueryArg, w io.Writer) (ironstar.Position, error)
}

// errNoExport is for engines that write no Parquet.
var errNoExport = fmt.Errorf("%w as a Parquet file: it needs export in the schema, and a build with the module ironstar.dev/duckdb", ironstar.ErrNoEngine)

// Export returns the answer as a Parquet file, which the caller closes. All who ask get
// the same file until the answer is another one, and then until twenty times as long
// has passed as it took to make it. The error wraps [ironstar.ErrNoEngine] if the engine
// of the query writes no Parquet.
func (r *Reader[R, P]) Export(ctx context.Context, p P) (ironstar.ExportedFile, error) {
	b, tables, err := r.exporting()
	if err != nil {
		return nil, err
	}
	w := r.windowNow(p)
	key := r.query.Name + "\x00" + r.query.Key(p) + "\x00" + w.Until.Format(time.RFC3339Nano)
	valid := func(f *export) bool {
		return tables.state(r.query.Reads).changed <= f.position || time.Since(f.made) < 20*f.took
	}
	return tables.exports.file(ctx, key, valid, func(ctx context.Context, out io.Writer) (ironstar.Position, error) {
		ctx, end := context.WithTimeoutCause(ctx, r.query.Within, ironstar.ErrTooSlow)
		defer end()
		at, err := tables.export(ctx, b.question, r.query.Export, r.args(p, w), out)
		if err != nil && context.Cause(ctx) != nil {
			err = context.Cause(ctx)
		}
		return at, err
	})
}

// ExportValues implements [Untyped].
func (r *Reader[R, P]) ExportValues(ctx context.Context, params url.Values, at ironstar.Position, out io.Writer) error {
	p, err := r.parse(params)
	if err != nil {
		return err
	}
	b, tables, err := r.exporting()
	if err != nil {
		return err
	}
	if _, err := r.Ask(ctx, p, at); err != nil { // waits for the tables
		return err
	}
	_, err = tables.export(ctx, b.question, r.query.Export, r.args(p, r.windowNow(p)), out)
	return err
}

// exporting returns the tables that an export comes from.
func (r *Reader[R, P]) exporting() (*binding[R, P], *tableSource, error) {
	b := r.bound.Load()
	switch {
	case b == nil:
		return nil, nil, errNoRunner
	case b.refused != nil:
		return nil, nil, b.refused
	}
	tables, ok := b.source.(*tableSource)
	if !ok || r.query.Export == 0 {
		return nil, nil, errNoExport
	}
	return b, tables, nil
}

// windowNow is the window that the parameters ask about at this moment.
func (r *Reader[R, P]) windowNow(p P) ironstar.Window {
	if r.query.Window == nil {
		return ironstar.Window{}
	}
	return windowAt(r.query.Window(p), r.query.Round, time.Now())
}

// export writes the answer to a question, with its first rows.
func (t *tableSource) export(ctx context.Context, q *Question, rows int, args []ironstar.QueryArg, out io.Writer) (ironstar.Position, error) {
	t.mu.Lock()
	tables, refused, ready := t.tables, t.refused[q], t.ready
	t.mu.Unlock()
	switch {
	case refused != nil:
		return 0, refused
	case tables == nil || !ready:
		return 0, fmt.Errorf("%w: the tables %s are being made", ironstar.ErrBusy, t.name)
	}
	exporter, ok := tables.(Exporter)
	if !ok {
		return 0, errNoExport
	}
	return exporter.Export(ctx, q, rows, args, out)
}

// openedExport is a file for one reader of it.
type openedExport struct {
	*os.File
	tag string
}

// Tag implements [ironstar.ExportedFile].
func (f openedExport) Tag() string { return f.tag }

// errNoFile means that no file is there that is still valid.
var errNoFile = errors.New("there is no such file")
