package cueload

import (
	"fmt"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	cuejson "cuelang.org/go/encoding/json"

	"ironstar.dev/internal/model"
)

// Values is a schema as CUE has evaluated it. It is not safe for concurrent
// use, and holds several times the memory of the schema's model.
type Values struct {
	ctx      *cue.Context
	packages map[string]cue.Value
}

// Question is whether JSON is a complete value of what is at a path of a
// package, such as #List.command.Add.
type Question struct {
	Path string
	JSON []byte
}

// atOnce is how many questions CUE is asked in one evaluation: alone, each
// takes three times as long.
const atOnce = 32

// Accepts answers questions about a package, in their order. The error is for a
// path where nothing is, or for a panic of CUE's.
func (v *Values) Accepts(p *model.Package, questions []Question) (answers []bool, err error) {
	if panicked := protect(p.Files[0], func() { answers, err = v.answer(p, questions) }); panicked != nil {
		return nil, panicked
	}
	return answers, err
}

func (v *Values) answer(p *model.Package, questions []Question) ([]bool, error) {
	answers := make([]bool, len(questions))
	pkg := v.packages[p.Path]
	var types []cue.Value
	var values []ast.Expr
	var asked []int // index of each of them among the questions
	for i, q := range questions {
		if expr, err := cuejson.Extract("question.json", q.JSON); err == nil {
			typ := pkg.LookupPath(cue.ParsePath(q.Path))
			if !typ.Exists() {
				return nil, fmt.Errorf("package %s has no %s", p.Path, q.Path)
			}
			types, values, asked = append(types, typ), append(values, expr), append(asked, i)
		}
		if len(asked) == atOnce || i == len(questions)-1 {
			for k, ok := range v.accepts(types, values) {
				answers[asked[k]] = ok
			}
			types, values, asked = types[:0], values[:0], asked[:0]
		}
	}
	return answers, nil
}

// accepts evaluates [#Text, #Item, …] & ["milk", {"text": "milk"}, …]. A
// conflict in one element leaves the others alone, but one that does not even
// compile, such as half a surrogate pair, takes the list with it.
func (v *Values) accepts(types []cue.Value, values []ast.Expr) []bool {
	n := len(types)
	list := v.ctx.BuildExpr(&ast.ListLit{Elts: values})
	if list.Err() != nil {
		if n <= 1 {
			return make([]bool, n)
		}
		return append(v.accepts(types[:n/2], values[:n/2]), v.accepts(types[n/2:], values[n/2:])...)
	}
	all := v.ctx.NewList(types...).Unify(list)
	answers := make([]bool, n)
	for i := range answers {
		one := all.LookupPath(cue.MakePath(cue.Index(i)))
		answers[i] = one.Exists() && one.Validate(cue.Concrete(true), cue.Final()) == nil
	}
	return answers
}
