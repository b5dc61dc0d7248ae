package testcases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
	encoding "ironstar.dev/wire"
)

// Upcaster computes upcasters with CUE.
type Upcaster interface {
	// Makes evaluates the text of a step with an old payload as source, such as v1.
	// The result has only the fields in the text, without hand-written ones.
	Makes(p *model.Package, path, source, step string, old []byte) ([]byte, error)
	// Completes returns a payload for a path with its defaults. It fails if CUE
	// refuses the payload.
	Completes(p *model.Package, path string, payload []byte) ([]byte, error)
}

// Complete returns an old payload with its defaults. It fails if CUE refuses
// the payload.
func Complete(s codegen.Step, o Upcaster, old []byte) ([]byte, error) {
	whole, err := o.Completes(s.Aggregate.Package, s.Path+"."+sourceName(s), old)
	if err != nil {
		return nil, err
	}
	return WithDefaults(s.From.Payload, whole)
}

// Upcast returns CUE's result for a complete old payload: a list with the next
// version, or a list of parts, {"Opened.v1": {…}}. It omits hand-written parts. It
// sorts keys, because the order of fields in a schema has no meaning.
func Upcast(s codegen.Step, o Upcaster, old []byte) ([]byte, error) {
	result, err := stepResult(s, o, old)
	if err != nil {
		return nil, err
	}
	return sortedKeys(result)
}

func stepResult(s codegen.Step, o Upcaster, old []byte) ([]byte, error) {
	if s.Hop != nil {
		result, err := nextVersion(s, o, old)
		if err != nil {
			return nil, err
		}
		return append(append([]byte("["), result...), ']'), nil
	}
	text, err := o.Makes(s.Aggregate.Package, s.Path, sourceName(s), s.Label, old)
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
			if part[label], err = completed(s, o, to.Upcast.To, to.Retired != nil, label, payload); err != nil {
				return nil, err
			}
		}
	}
	return json.Marshal(parts)
}

// sortedKeys sorts the keys of objects.
func sortedKeys(text []byte) ([]byte, error) {
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

func sourceName(s codegen.Step) string { return "v" + strconv.Itoa(s.Version) }

// nextVersion adds unchanged fields to the result of the text.
func nextVersion(s codegen.Step, o Upcaster, old []byte) ([]byte, error) {
	made := map[string]json.RawMessage{}
	if saysSomething(s) {
		text, err := o.Makes(s.Aggregate.Package, s.Path, sourceName(s), s.Label, old)
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
		if !part.Unchanged {
			continue
		}
		was := s.From.Payload.Type.FieldInCUE(part.Field.InCUE())
		if v, ok := before[was.Name]; ok {
			made[part.Field.Name] = model.InJSON(part.Field.Type, model.InCUE(was.Type, v))
		}
	}
	payload, err := json.Marshal(made)
	if err != nil {
		return nil, err
	}
	return completed(s, o, s.Hop.To, strings.HasPrefix(s.Path, "#"+s.Aggregate.Name+".retired."), s.Event+".v"+strconv.Itoa(s.Version+1), payload)
}

func saysSomething(s codegen.Step) bool {
	for _, part := range s.Hop.Make.Parts {
		if !part.Unchanged {
			return true
		}
	}
	return false
}

// completed adds defaults. CUE adds them only to a complete payload within all
// bounds. Stored payloads may violate bounds, and a payload with a hand-written part
// is not complete. These get the defaults of the model.
func completed(s codegen.Step, o Upcaster, to *model.Named, retired bool, version string, payload []byte) ([]byte, error) {
	section := "event"
	if retired {
		section = "retired"
	}
	if whole, err := o.Completes(s.Aggregate.Package, "#"+s.Aggregate.Name+"."+section+"."+version, payload); err == nil {
		payload = whole
	}
	whole, err := WithDefaults(to, payload)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", version, err)
	}
	return whole, nil
}

// WithDefaults returns a payload with the values of absent fields: defaults,
// constants, lists and maps. It is much faster than CUE, and has the same result
// with two exceptions. Numbers are the float64 of Go, but CUE keeps 34 digits.
// Times are in UTC, but CUE keeps the zone of the text.
func WithDefaults(n *model.Named, payload []byte) ([]byte, error) {
	var v any
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	return json.Marshal(withDefaults(&model.Type{Kind: model.Ref, Named: n}, v))
}

// withDefaults adds defaults and constants of absent fields.
func withDefaults(t *model.Type, v any) any {
	t = t.Underlying()
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
	case json.Number:
		if t.Kind == model.Number {
			return stored(v)
		}
	case string:
		if t.Kind == model.Time {
			return storedTime(v)
		}
	}
	return v
}

// storedTime returns a time as generated code writes it: in UTC.
func storedTime(text string) any {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return text // not a time, which the comparison reports
	}
	return json.RawMessage(encoding.AppendTime(nil, at))
}

// stored returns a number as generated code writes it.
func stored(n json.Number) any {
	f, err := n.Float64()
	if err != nil && f == 0 {
		return n // not a number, which the comparison reports
	}
	return json.RawMessage(encoding.AppendNumber(nil, max(-math.MaxFloat64, min(math.MaxFloat64, f))))
}

func fillIn(fields []*model.Field, v map[string]any) {
	for _, f := range fields {
		x, ok := v[f.Name]
		switch {
		case ok && f.Const == nil:
			v[f.Name] = withDefaults(f.Type, x)
		case ok || f.Optional:
		case f.Const != nil:
			v[f.Name] = json.RawMessage(scalar.JSON(*f.Const))
		case f.Default != nil:
			v[f.Name] = json.RawMessage(f.Default.JSON)
		case f.Type.Underlying().Kind == model.List:
			v[f.Name] = []any{}
		case f.Type.Underlying().Kind == model.Map:
			v[f.Name] = map[string]any{}
		}
	}
}

// armOf returns the case whose constants a value has.
func armOf(sum *model.Type, v map[string]any) *model.Named {
next:
	for _, arm := range sum.Arms {
		for _, f := range arm.Type.Fields {
			if f.Const == nil {
				continue
			}
			if text, err := json.Marshal(v[f.Name]); err != nil || string(text) != scalar.JSON(*f.Const) {
				continue next
			}
		}
		return arm
	}
	return nil
}
