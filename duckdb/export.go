package duckdb

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"time"

	"ironstar.dev"
	"ironstar.dev/query"
)

// Export computes an answer and writes it to w as a Parquet file, compressed with zstd.
// It returns the position of the checkpoint in the same snapshot. The columns have
// DuckDB's types, as the SQL computes them. The answer is made in a file beside the tables
// first, so that w gets nothing unless all of it could be computed. One that
// is larger than Options.Export is an error. It has at most q.Rows rows.
func (t *Tables) Export(ctx context.Context, q *query.Question, args []ironstar.QueryArg, w io.Writer) (p ironstar.Position, err error) {
	err = t.snapshot(ctx, q, func(tx *sql.Tx, s *statement) error {
		bound, err := bind(q, args)
		if err != nil {
			return err
		}
		p, err = t.export(ctx, tx, s.limited(q.Rows), bound, w)
		return askError(ctx, q, err)
	})
	return p, err
}

// export computes a SELECT in a transaction, through a file.
func (t *Tables) export(ctx context.Context, tx *sql.Tx, text string, args []any, w io.Writer) (ironstar.Position, error) {
	p, err := position(ctx, tx)
	if err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp(t.file.exports(), "")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	name := dir + string(os.PathSeparator) + "answer.parquet"
	if err := t.copyTo(ctx, tx, text, args, name); err != nil {
		return 0, err
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return 0, err
	} else if info.Size() > t.opts.Export {
		return 0, t.tooLarge()
	}
	_, err = io.Copy(w, f)
	return p, err
}

func (t *Tables) tooLarge() error {
	return fmt.Errorf("the Parquet file has more than %d bytes: ask for less, or raise duckdb.Options.Export", t.opts.Export)
}

// copyTo lets DuckDB write the file, and stops it when the file is too large.
func (t *Tables) copyTo(ctx context.Context, tx *sql.Tx, text string, args []any, name string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		t.watch(ctx, name, stop)
	}()
	_, err := tx.ExecContext(ctx, "COPY ("+text+") TO "+literal(name)+" (FORMAT parquet, COMPRESSION zstd)", args...)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	stop(nil)
	<-watched
	return err
}

// watch stops what makes the file when it is too large, until ctx ends.
func (t *Tables) watch(ctx context.Context, name string, stop context.CancelCauseFunc) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if info, err := os.Stat(name); err == nil && info.Size() > t.opts.Export {
			stop(t.tooLarge())
			return
		}
	}
}
