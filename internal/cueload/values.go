package cueload

import (
	"fmt"

	"cuelang.org/go/cue"
	cuejson "cuelang.org/go/encoding/json"

	"ironstar.dev/internal/model"
)

// Values is a schema as CUE has evaluated it. It is not safe for concurrent
// use, and holds several times the memory of the schema's model.
type Values struct {
	ctx      *cue.Context
	packages map[string]cue.Value
	// The definition that was asked for last: questions come in a row.
	last  string
	value cue.Value
}

// Accepts says whether CUE takes JSON for a complete value of what is at a path
// of a package, such as #List.command.Add. The error is for a path where
// nothing is.
func (v *Values) Accepts(p *model.Package, path string, json []byte) (bool, error) {
	if name := p.Path + ":" + path; name != v.last {
		value := v.packages[p.Path].LookupPath(cue.ParsePath(path))
		if !value.Exists() {
			return false, fmt.Errorf("%s has no %s", p.Path, path)
		}
		v.last, v.value = name, value
	}
	expr, err := cuejson.Extract("case.json", json)
	if err != nil {
		return false, nil
	}
	x := v.ctx.BuildExpr(expr)
	return x.Err() == nil && v.value.Unify(x).Validate(cue.Concrete(true), cue.Final()) == nil, nil
}
