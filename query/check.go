package query

import (
	"context"
	"errors"
	"fmt"
	"os"

	"ironstar.dev/engine"
)

// Check asks whether each query of an engine can be asked in its engine of tables, which
// it tries with empty tables in a temporary folder. It needs no log. The error names
// every query that cannot be asked, its file, and what to change there. It leaves out
// queries for which the build has no engine: their answers say so.
func Check(ctx context.Context, e *engine.Engine, engines []Engine) (err error) {
	dir, err := os.MkdirTemp("", "ironstar-queries-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	r := New(Options{Engine: e, Dir: dir, Engines: engines})
	var all []error
	for _, t := range r.tables {
		tables, err := t.of.Open(ctx, OpenOptions{Dir: dir, Set: t.set, Logger: r.opts.Logger, LogID: "none", Again: true})
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		for _, q := range t.questions {
			if err := tables.Check(ctx, q); err != nil {
				all = append(all, err)
			}
		}
		all = append(all, tables.Close())
	}
	return errors.Join(all...)
}
