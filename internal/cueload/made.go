package cueload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// Makes is what CUE makes of an old payload: of what is at a path of a package,
// #List.event.Added, with the payload filled in as source, v1, the JSON of its
// step, toV2. Fields that are written by hand are left out. The error is for
// old payloads that CUE does not take or makes nothing of, and for a panic of
// CUE's.
func (v *Values) Makes(p *model.Package, path, source, step string, old []byte) (made []byte, err error) {
	if panicked := protect(p.Files[0], func() { made, err = v.makes(p, path, source, step, old) }); panicked != nil {
		return nil, panicked
	}
	return made, err
}

func (v *Values) makes(p *model.Package, path, source, step string, old []byte) ([]byte, error) {
	of := v.packages[p.Path].LookupPath(cue.ParsePath(path))
	if !of.Exists() {
		return nil, fmt.Errorf("package %s has no %s", p.Path, path)
	}
	payload := v.ctx.CompileBytes(old)
	if err := payload.Err(); err != nil {
		return nil, err
	}
	made := of.FillPath(cue.ParsePath(source), payload).LookupPath(cue.ParsePath(step))
	if err := made.Err(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err := writeJSON(&b, made)
	return b.Bytes(), err
}

// Completes is a payload with its defaults filled in, and whether it is one: of
// what is at a path, such as #List.event.Added.v2.
func (v *Values) Completes(p *model.Package, path string, payload []byte) (out []byte, err error) {
	panicked := protect(p.Files[0], func() {
		whole := v.packages[p.Path].LookupPath(cue.ParsePath(path)).Unify(v.ctx.CompileBytes(payload))
		if err = whole.Validate(cue.Concrete(true)); err == nil {
			out, err = whole.MarshalJSON()
		}
	})
	if panicked != nil {
		return nil, panicked
	}
	return out, err
}

// writeJSON writes a value without the fields that may be anything: those are
// made by hand.
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

func isAnything(v cue.Value) bool { return v.IncompleteKind() == cue.TopKind && !v.IsConcrete() }
