package codegen

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// Maker is CUE: what it makes of old payloads.
type Maker interface {
	// Makes is what the text of a step says, with an old payload as source, v1:
	// only what it mentions, without what is written by hand.
	Makes(p *model.Package, path, source, step string, old []byte) ([]byte, error)
	// Completes is a payload of what is at a path, with its defaults. The error
	// is for one that it does not take.
	Completes(p *model.Package, path string, payload []byte) ([]byte, error)
}

// Complete is an old payload with its defaults; the error is for one that CUE
// does not take.
func (s Step) Complete(o Maker, old []byte) ([]byte, error) {
	return o.Completes(s.Aggregate.Package, s.Path+"."+s.source(), old)
}

// Made is what CUE makes of a complete old payload: a list of the next version,
// or of parts, {"Opened.v1": {…}}, with keys in order, since the order of fields
// in a schema means nothing. What is written by hand is left out.
func (s Step) Made(o Maker, old []byte) ([]byte, error) {
	made, err := s.made(o, old)
	if err != nil {
		return nil, err
	}
	return inOrder(made)
}

func (s Step) made(o Maker, old []byte) ([]byte, error) {
	if s.Hop != nil {
		made, err := s.hop(o, old)
		if err != nil {
			return nil, err
		}
		return append(append([]byte("["), made...), ']'), nil
	}
	text, err := o.Makes(s.Aggregate.Package, s.Path, s.source(), s.Label, old)
	if err != nil {
		return nil, err
	}
	var parts []map[string]json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return nil, err
	}
	for i, part := range parts {
		to := s.Retired.Becomes[i]
		for label, payload := range part {
			if part[label], err = s.completed(o, to.Upcast.To, to.Retired != nil, label, payload); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(parts)
}

// inOrder sorts the keys of objects.
func inOrder(text []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (s Step) source() string { return "v" + strconv.Itoa(s.Version) }

// hop adds what keeps its name to what the text says.
func (s Step) hop(o Maker, old []byte) ([]byte, error) {
	made := map[string]json.RawMessage{}
	if s.saysSomething() {
		text, err := o.Makes(s.Aggregate.Package, s.Path, s.source(), s.Label, old)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text, &made); err != nil {
			return nil, err
		}
	}
	var before map[string]json.RawMessage
	if err := json.Unmarshal(old, &before); err != nil {
		return nil, err
	}
	for _, part := range s.Hop.Make.Parts {
		if v, ok := before[part.Field.Name]; ok && part.Kept {
			made[part.Field.Name] = v
		}
	}
	payload, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	return s.completed(o, s.Hop.To, strings.HasPrefix(s.Path, "#"+s.Aggregate.Name+".retired."), s.Event+".v"+strconv.Itoa(s.Version+1), payload)
}

func (s Step) saysSomething() bool {
	for _, part := range s.Hop.Make.Parts {
		if !part.Kept {
			return true
		}
	}
	return false
}

// completed fills in defaults. CUE does so only for what is within all bounds and
// has all its parts: history need not be, and has not when a part is written by
// hand. Then the model says what they are.
func (s Step) completed(o Maker, to *model.Named, retired bool, version string, payload []byte) ([]byte, error) {
	section := "event"
	if retired {
		section = "retired"
	}
	whole, err := o.Completes(s.Aggregate.Package, "#"+s.Aggregate.Name+"."+section+"."+version, payload)
	if err == nil {
		return whole, nil
	}
	whole, err = WithDefaults(to, payload)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", version, err)
	}
	return whole, nil
}

// WithDefaults is a payload with what is absent and has a value all the same:
// defaults, constants, lists and maps. It does as CUE does, and much faster.
func WithDefaults(n *model.Named, payload []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(withDefaults(&model.Type{Kind: model.Ref, Named: n}, v))
}

// withDefaults fills in defaults and constants that are not there.
func withDefaults(t *model.Type, v any) any {
	t = base(t)
	switch v := v.(type) {
	case map[string]any:
		switch t.Kind {
		case model.Struct:
			fillIn(t.Fields, v)
		case model.Sum:
			if arm := armOf(t, v); arm != nil {
				fillIn(arm.Type.Fields, v)
			}
		case model.Map:
			for key, x := range v {
				v[key] = withDefaults(t.Elem, x)
			}
		}
	case []any:
		for i, x := range v {
			v[i] = withDefaults(t.Elem, x)
		}
	}
	return v
}

func fillIn(fields []*model.Field, v map[string]any) {
	for _, f := range fields {
		x, ok := v[f.Name]
		switch {
		case ok && f.Const == nil:
			v[f.Name] = withDefaults(f.Type, x)
		case ok || f.Optional:
		case f.Const != nil:
			v[f.Name] = json.RawMessage(constantJSON(*f.Const))
		case f.Default != nil:
			v[f.Name] = json.RawMessage(f.Default.JSON)
		case base(f.Type).Kind == model.List:
			v[f.Name] = []any{}
		case base(f.Type).Kind == model.Map:
			v[f.Name] = map[string]any{}
		}
	}
}

// armOf is the case whose constants a value has.
func armOf(sum *model.Type, v map[string]any) *model.Named {
next:
	for _, arm := range sum.Arms {
		for _, f := range arm.Type.Fields {
			if f.Const == nil {
				continue
			}
			if text, err := json.Marshal(v[f.Name]); err != nil || string(text) != constantJSON(*f.Const) {
				continue next
			}
		}
		return arm
	}
	return nil
}
