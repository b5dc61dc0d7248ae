package cueload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// Makes returns what CUE makes of an old payload. path is that of an event in a
// package, such as #List.event.Added; source is the version of the payload, v1;
// step is the label of the step, toV2. The result is JSON, without the fields
// that are made by hand. Makes returns an error if CUE refuses the payload or
// has no result, and if CUE panics.
func (v *Values) Makes(p *model.Package, path, source, step string, old []byte) (made []byte, err error) {
	if panicked := protect(p.Files[0], func() { made, err = v.makes(p, path, source, step, old) }); panicked != nil {
		return nil, panicked
	}
	return made, err
}

func (v *Values) makes(p *model.Package, path, source, step string, old []byte) ([]byte, error) {
	if err := v.prepare(); err != nil {
		return nil, err
	}
	of := v.packages[p.Path].LookupPath(cue.ParsePath(path))
	if !of.Exists() {
		return nil, fmt.Errorf("package %s has no %s", p.Path, path)
	}
	text, err := expression(InCUE(p, path+"."+source, old))
	if err != nil {
		return nil, err
	}
	payload := v.ctx.BuildExpr(text)
	if err := payload.Err(); err != nil {
		return nil, err
	}
	made := of.FillPath(cue.ParsePath(source), payload).LookupPath(cue.ParsePath(step))
	if err := made.Err(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := writeJSON(&b, made); err != nil {
		return nil, err
	}
	return stepInJSON(p, path, step, b.Bytes()), nil
}

// Completes returns a payload with its defaults, and whether it is a valid
// payload. path is that of a version in a package, such as
// #List.event.Added.v2.
func (v *Values) Completes(p *model.Package, path string, payload []byte) (out []byte, err error) {
	panicked := protect(p.Files[0], func() {
		if err = v.prepare(); err != nil {
			return
		}
		var given ast.Expr
		if given, err = expression(InCUE(p, path, payload)); err != nil {
			return
		}
		whole := v.packages[p.Path].LookupPath(cue.ParsePath(path)).Unify(v.ctx.BuildExpr(given))
		if err = whole.Validate(cue.Concrete(true)); err == nil {
			out, err = whole.MarshalJSON()
			out = model.InJSON(typeAt(p, path), out)
		}
	})
	if panicked != nil {
		return nil, panicked
	}
	return out, err
}

// writeJSON writes a value without the fields that may be anything, because
// these are made by hand.
func writeJSON(b *bytes.Buffer, v cue.Value) error {
	if d, ok := v.Default(); ok {
		v = d
	}
	switch v.IncompleteKind() {
	case cue.StructKind:
		b.WriteByte('{')
		for iter, _ := v.Fields(); iter.Next(); {
			if isAnything(iter.Value()) {
				continue
			}
			if !bytes.HasSuffix(b.Bytes(), []byte("{")) {
				b.WriteByte(',')
			}
			name, err := json.Marshal(iter.Selector().Unquoted())
			if err != nil {
				return err
			}
			b.Write(append(name, ':'))
			if err := writeJSON(b, iter.Value()); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	case cue.ListKind:
		list, err := v.List()
		if err != nil {
			return err
		}
		b.WriteByte('[')
		for first := true; list.Next(); first = false {
			if !first {
				b.WriteByte(',')
			}
			if err := writeJSON(b, list.Value()); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	}
	text, err := v.MarshalJSON()
	if err != nil {
		return fmt.Errorf("%s: %w", strings.TrimPrefix(v.Path().String(), "."), err)
	}
	b.Write(text)
	return nil
}

func isAnything(v cue.Value) bool {
	_, hasDefault := v.Default() // *x | _
	return v.IncompleteKind() == cue.TopKind && !v.IsConcrete() && !hasDefault
}
