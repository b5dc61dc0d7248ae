package model

import (
	"bytes"
	"encoding/json"
)

// InCUE renames the fields of JSON from their names in JSON to those in CUE. It
// returns text that is not JSON unchanged.
func InCUE(t *Type, text []byte) []byte { return relabel(t, text, labels) }

// InJSON is the inverse of InCUE: it renames fields from their names in CUE to
// those in JSON.
func InJSON(t *Type, text []byte) []byte { return relabel(t, text, jsonNames) }

// naming returns the new name of a field, and the field, by its old name.
type naming func(t *Type, name string) (string, *Field)

func labels(t *Type, name string) (string, *Field) {
	for _, f := range t.Fields {
		if f.Name == name {
			return f.InCUE(), f
		}
	}
	if t.FieldInCUE(name) != nil {
		return "not " + name, nil // this name does not exist in JSON
	}
	return name, nil
}

func jsonNames(t *Type, name string) (string, *Field) {
	if f := t.FieldInCUE(name); f != nil {
		return f.Name, f
	}
	return name, nil
}

func relabel(t *Type, text []byte, to naming) []byte {
	if !hasLabels(t, map[*Type]bool{}) {
		return text
	}
	out, err := (&relabeler{to}).value(t, text)
	if err != nil {
		return text
	}
	return out
}

// hasLabels reports whether any field in a type has two names.
func hasLabels(t *Type, seen map[*Type]bool) bool {
	if t == nil || seen[t] {
		return false
	}
	seen[t] = true
	for _, f := range t.Fields {
		if f.Label != "" || hasLabels(f.Type, seen) {
			return true
		}
	}
	for _, arm := range t.Arms {
		if hasLabels(arm.Type, seen) {
			return true
		}
	}
	if t.Kind == Ref && hasLabels(t.Named.Type, seen) {
		return true
	}
	return hasLabels(t.Elem, seen)
}

type relabeler struct{ to naming }

// value copies a value and changes only names: numbers keep their digits,
// strings their escapes, objects their order.
func (r *relabeler) value(t *Type, text []byte) ([]byte, error) {
	t = t.under()
	switch first := bytes.TrimLeft(text, " \t\r\n"); {
	case bytes.HasPrefix(first, []byte("{")) && t.Kind == Map:
		return r.members(text, func(key string, v []byte) (string, []byte, error) {
			v, err := r.value(t.Elem, v)
			return key, v, err
		})
	case bytes.HasPrefix(first, []byte("{")) && (t.Kind == Struct || t.Kind == Sum):
		in := t
		if t.Kind == Sum {
			in = r.arm(t, text)
		}
		return r.members(text, func(key string, v []byte) (_ string, _ []byte, err error) {
			name, f := r.to(in, key)
			if f != nil && f.Const == nil {
				v, err = r.value(f.Type, v)
			}
			return name, v, err
		})
	case bytes.HasPrefix(first, []byte("[")) && t.Kind == List:
		return r.elements(t.Elem, text)
	}
	return text, nil
}

// arm returns the case of a union that an object belongs to, or a struct
// without fields.
func (r *relabeler) arm(sum *Type, text []byte) *Type {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(text, &fields) // an error leaves fields empty, and no case matches
	for _, arm := range sum.Arms {
		for _, f := range arm.Type.Fields {
			if f.Name != sum.Tag || f.Const == nil {
				continue
			}
			for _, name := range []string{f.Name, f.InCUE()} {
				var have string
				if json.Unmarshal(fields[name], &have) == nil && have == f.Const.Text {
					return arm.Type
				}
			}
		}
	}
	return &Type{Kind: Struct}
}

func (r *relabeler) members(text []byte, change func(key string, v []byte) (string, []byte, error)) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	out := []byte{'{'}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, err
		}
		name, value, err := change(key.(string), v)
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, quoted...), ':'), value...)
	}
	return append(out, '}'), nil
}

func (r *relabeler) elements(elem *Type, text []byte) ([]byte, error) {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return nil, err
	}
	out := []byte{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		v, err := r.value(elem, item)
		if err != nil {
			return nil, err
		}
		out = append(out, v...)
	}
	return append(out, ']'), nil
}

// under resolves references.
func (t *Type) under() *Type {
	for t.Kind == Ref && t.Named != nil && t.Named.Type != nil {
		t = t.Named.Type
	}
	return t
}
