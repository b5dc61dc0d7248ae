package cueload

import (
	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	cuejson "cuelang.org/go/encoding/json"

	"ironstar.dev/internal/model"
)

// LoadByValue is Load without the short way through the text.
func LoadByValue(dir string) (*model.Schema, error) {
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, p)
	if err != nil {
		return nil, err
	}
	src.byValue = true
	s, _, err := load(src, p)
	return s, err
}

// LoadWithoutValues is Load of what no file can say: labels with nothing behind
// them, which CUE does not expect.
func LoadWithoutValues(dir string) (*model.Schema, error) {
	p := &problems{text: map[string]string{}}
	src, err := readSource(dir, p)
	if err != nil {
		return nil, err
	}
	for _, d := range src.folders[0].files[0].Decls {
		if f, ok := d.(*ast.Field); ok {
			f.Value = nil
		}
	}
	s, _, err := load(src, p)
	return s, err
}

// AcceptsAlone is Accepts for one question, as CUE's documentation has it.
func (v *Values) AcceptsAlone(p *model.Package, q Question) bool {
	expr, err := cuejson.Extract("case.json", q.JSON)
	if err != nil {
		return false
	}
	x := v.ctx.BuildExpr(expr)
	return x.Err() == nil && v.packages[p.Path].LookupPath(cue.ParsePath(q.Path)).Unify(x).Validate(cue.Concrete(true), cue.Final()) == nil
}
