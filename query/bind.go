package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// bindable is a reader without its types.
type bindable interface {
	engine.Query
	bind(r *Runner)
}

// bind finds the first way that the build can go.
func (r *Reader[R, P]) bind(runner *Runner) {
	b := &binding[R, P]{cache: runner.cache}
	b.refused = r.choose(runner, b)
	r.bound.Store(b)
}

func (r *Reader[R, P]) choose(runner *Runner, b *binding[R, P]) error {
	var wanted []string
	for _, way := range r.query.Ways {
		wanted = append(wanted, way.Engine)
		if way.Engine == viewEngine {
			return r.chooseView(runner, b)
		}
		i := slices.IndexFunc(runner.opts.Engines, func(e Engine) bool { return e.Name() == way.Engine })
		if i < 0 {
			continue
		}
		question, err := r.questionOf(way)
		if err != nil {
			return err
		}
		tables := runner.tablesFor(runner.opts.Engines[i], r.query.Tables)
		tables.questions = append(tables.questions, question)
		b.source, b.question = tables, question
		b.compute = func(p P) computation {
			return func(ctx context.Context, w ironstar.Window) (*result, error) {
				return r.ask(ctx, tables, question, p, w)
			}
		}
		return nil
	}
	return fmt.Errorf("%w: query %s needs an engine %s, which this build does not have: build with it", ironstar.ErrNoEngine, r.query.Name, strings.Join(wanted, " or "))
}

// questionOf makes the question, with the names and types of its parameters.
func (r *Reader[R, P]) questionOf(way ironstar.QueryWay) (*Question, error) {
	q := &Question{
		Name: r.query.Name, File: way.File, SQL: way.SQL,
		Reads: r.query.Reads, Columns: r.query.Columns, Rows: r.query.Rows,
	}
	err := guarded(func() error {
		var none P
		for _, a := range r.args(none, ironstar.Window{}) {
			q.Params = append(q.Params, ironstar.Column{Name: a.Name, Type: a.Type})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("query %s: its parameters: %w", r.query.Name, err)
	}
	return q, nil
}

// args are the values of all named parameters.
func (r *Reader[R, P]) args(p P, w ironstar.Window) (args []ironstar.QueryArg) {
	if r.query.Args != nil {
		args = slices.Clip(r.query.Args(p))
	}
	if r.query.Window == nil {
		return args
	}
	isTime := ironstar.ColumnType{Kind: ironstar.TimeColumn}
	return append(args,
		ironstar.QueryArg{Name: "from", Type: isTime, Value: w.From},
		ironstar.QueryArg{Name: "until", Type: isTime, Value: w.Until})
}

// ask asks tables and converts the rows.
func (r *Reader[R, P]) ask(ctx context.Context, t *tableSource, q *Question, p P, w ironstar.Window) (*result, error) {
	rows, more := []R{}, false
	var position ironstar.Position
	err := guarded(func() (err error) {
		position, err = t.ask(ctx, q, r.args(p, w), func(values []any) error {
			if len(rows) == r.query.Rows {
				more = true
				return nil
			}
			row, err := r.query.Scan(values)
			rows = append(rows, row)
			return err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return &result{rows: rows, count: len(rows), more: more, position: position, window: w}, nil
}
