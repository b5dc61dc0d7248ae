package cueload

import (
	"cuelang.org/go/cue"
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

// AcceptsAlone is Accepts for one question, as CUE's documentation has it.
func (v *Values) AcceptsAlone(p *model.Package, q Question) bool {
	expr, err := cuejson.Extract("case.json", q.JSON)
	if err != nil {
		return false
	}
	x := v.ctx.BuildExpr(expr)
	return x.Err() == nil && v.packages[p.Path].LookupPath(cue.ParsePath(q.Path)).Unify(x).Validate(cue.Concrete(true), cue.Final()) == nil
}
