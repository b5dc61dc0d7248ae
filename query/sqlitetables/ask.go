package sqlitetables

import (
	"context"
	"fmt"
	"slices"
	"strings"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
	"ironstar.dev/query"
)

// Check implements [query.Tables].
func (t *tables) Check(ctx context.Context, q *query.Question) error {
	if err := checkText(q.SQL); err != nil {
		return refused(q, err)
	}
	return t.reading(ctx, func(r *reader) error {
		st, err := r.prepare(q)
		if err != nil {
			return err
		}
		if err := checkParams(st, q.Params); err != nil {
			return refused(q, err)
		}
		if err := checkColumns(st, q.Columns); err != nil {
			return refused(q, err)
		}
		return nil
	})
}

// refused says what is wrong with a question, and where it is from.
func refused(q *query.Question, err error) error {
	return fmt.Errorf("%w: query %s, %s: %w", query.ErrSQL, q.Name, q.File, err)
}

// prepare prepares a question with the rights that it has. The connection keeps it.
func (r *reader) prepare(q *query.Question) (*zs.Stmt, error) {
	r.guard.begin(q.Reads)
	st, err := r.Prepare(trimmed(q.SQL))
	if err == nil {
		return st, nil
	}
	if r.guard.because != "" {
		return nil, refused(q, fmt.Errorf("%s", r.guard.because))
	}
	if zs.ErrCode(err).ToPrimary() == zs.ResultError || strings.Contains(err.Error(), "trailing bytes") {
		return nil, refused(q, err)
	}
	return nil, err
}

func checkParams(st *zs.Stmt, params []ironstar.Column) error {
	var has []string
	for i := range st.BindParamCount() {
		name, ok := strings.CutPrefix(st.BindParamName(i+1), "$")
		if !ok {
			return fmt.Errorf("parameter %d is %q: write $ and a name of the schema", i+1, st.BindParamName(i+1))
		}
		if !slices.ContainsFunc(params, func(c ironstar.Column) bool { return c.Name == name }) {
			return fmt.Errorf("$%s is not a parameter of the query: add it to param, or remove it", name)
		}
		has = append(has, name)
	}
	for _, p := range params {
		if !slices.Contains(has, p.Name) {
			return fmt.Errorf("$%s is not used: use it, or remove the parameter", p.Name)
		}
	}
	return nil
}

func checkColumns(st *zs.Stmt, columns []ironstar.Column) error {
	var has, want []string
	for i := range st.ColumnCount() {
		has = append(has, st.ColumnName(i))
	}
	for _, c := range columns {
		want = append(want, c.Name)
	}
	if !slices.Equal(has, want) {
		return fmt.Errorf("the columns are %s, and the schema's row has %s: select these, in this order, with AS", strings.Join(has, ", "), strings.Join(want, ", "))
	}
	return nil
}

// Ask implements [query.Tables].
func (t *tables) Ask(ctx context.Context, q *query.Question, args []ironstar.QueryArg, row func(values []any) error) (p ironstar.Position, err error) {
	if err := checkText(q.SQL); err != nil {
		return 0, refused(q, err)
	}
	err = t.reading(ctx, func(r *reader) error {
		st, err := r.prepare(q)
		if err != nil {
			return err
		}
		defer func() {
			_ = st.Reset() // it returns the error of the last step again
			_ = st.ClearBindings()
		}()
		if err := bindArgs(st, args); err != nil {
			return refused(q, err)
		}
		defer r.position.Reset()
		// The statement stays active, so that an interrupt is not forgotten before
		// the question has begun.
		if p, err = r.readPosition(); err != nil {
			return err
		}
		r.guard.begin(q.Reads)
		return readRows(st, q, row)
	})
	return p, err
}

func readRows(st *zs.Stmt, q *query.Question, row func(values []any) error) error {
	for n := 1; n <= q.Rows+1; n++ {
		ok, err := st.Step()
		if err != nil && zs.ErrCode(err).ToPrimary() == zs.ResultError {
			return refused(q, err) // sum() overflows, JSON is malformed
		}
		if !ok || err != nil {
			return err
		}
		values, err := readRow(st, q.Columns, n)
		if err != nil {
			return refused(q, err)
		}
		if err := row(values); err != nil {
			return err
		}
	}
	return nil
}

// bindArgs binds the arguments that the statement has parameters for.
func bindArgs(st *zs.Stmt, args []ironstar.QueryArg) error {
	for i := range st.BindParamCount() {
		name := strings.TrimPrefix(st.BindParamName(i+1), "$")
		at := slices.IndexFunc(args, func(a ironstar.QueryArg) bool { return a.Name == name })
		if at < 0 {
			return fmt.Errorf("parameter $%s has no value", name)
		}
		if err := bindScalar(st, i+1, &args[at].Type, args[at].Value); err != nil {
			return fmt.Errorf("parameter $%s: %w", name, err)
		}
	}
	return nil
}
