package cueload

import (
	"fmt"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	cuejson "cuelang.org/go/encoding/json"
	"golang.org/x/text/unicode/norm"

	"ironstar.dev/internal/model"
)

// Values is a schema as CUE has evaluated it. It is not safe for concurrent
// use. It needs several times the memory of the schema's model.
type Values struct {
	loader   *loader
	ctx      *cue.Context         // nil before the first question
	packages map[string]cue.Value // with unions written by their tags
}

// prepare evaluates the packages for questions, once.
func (v *Values) prepare() (err error) {
	if v.ctx != nil {
		return nil
	}
	if len(v.loader.operands) == 0 && len(v.loader.bounds) == 0 {
		v.ctx, v.packages = v.loader.ctx, v.loader.values
		return nil
	}
	v.ctx, v.packages, err = v.loader.taggedPackages()
	return err
}

// Question asks whether JSON is a complete value of the type at a path of a
// package, such as #List.command.Add.
type Question struct {
	Path string
	JSON []byte
}

// atOnce is the number of questions that CUE answers in one evaluation. One by
// one, each takes three times as long.
const atOnce = 32

// Accepts answers questions about a package, in their order. It returns an
// error if there is nothing at a path, or if CUE panics.
func (v *Values) Accepts(p *model.Package, questions []Question) (answers []bool, err error) {
	if panicked := protect(p.Files[0], func() { answers, err = v.answer(p, questions) }); panicked != nil {
		return nil, panicked
	}
	return answers, err
}

func (v *Values) answer(p *model.Package, questions []Question) ([]bool, error) {
	if err := v.prepare(); err != nil {
		return nil, err
	}
	answers := make([]bool, len(questions))
	pkg := v.packages[p.Path]
	var types []cue.Value
	var values []ast.Expr
	var asked []int // for each value that CUE is given, the index of its question
	for i, q := range questions {
		if expr, err := expression(InCUE(p, q.Path, q.JSON)); err == nil {
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
// conflict in one element does not affect the others. An element that does not
// compile, such as half a surrogate pair, makes the whole list fail.
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

// expression converts JSON to CUE syntax. CUE normalizes the names of fields,
// except computed names. Keys in another form are therefore written as computed
// names, ("é"): 1, so that they do not change.
func expression(text []byte) (ast.Expr, error) {
	expr, err := cuejson.Extract("value.json", text)
	if err != nil {
		return nil, err
	}
	ast.Walk(expr, func(n ast.Node) bool {
		if f, ok := n.(*ast.Field); ok {
			if name, ok := f.Label.(*ast.BasicLit); ok {
				if s, err := literal.Unquote(name.Value); err == nil && !norm.NFC.IsNormalString(s) {
					f.Label = &ast.ParenExpr{X: name}
				}
			}
		}
		return true
	}, nil)
	return expr, nil
}
