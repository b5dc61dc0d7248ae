package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/shape"
)

// Fits checks that JSON has a shape: fields, types, constants, cases, values of
// enums. It checks no other constraints, because reading old events checks none.
// The error says where the JSON does not fit.
func Fits(t *shape.Type, data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := value(d)
	if err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the JSON has more text after the value")
	}
	return fit("", nil, t, v)
}

// object is a JSON object that keeps duplicate keys, which a map would lose.
type object struct {
	keys   []string
	values []any
}

func (o *object) get(key string) (any, bool) {
	if i := slices.Index(o.keys, key); i >= 0 {
		return o.values[i], true
	}
	return nil, false
}

// value reads one value: an *object, a []any, or a scalar.
func value(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := &object{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			if slices.Contains(o.keys, k.(string)) {
				return nil, fmt.Errorf("the object has the key %q twice", k)
			}
			o.keys, o.values = append(o.keys, k.(string)), append(o.values, v)
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := value(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	}
	return t, nil
}

// fit compares a value with a shape. up lists the types around the value, the
// innermost last.
func fit(path string, up []*shape.Type, t *shape.Type, v any) error {
	bad := func() error { return fmt.Errorf("%s is not %s", at(path), withArticle(word(t))) }
	switch t.Kind {
	case "up":
		if t.Up < 1 || t.Up > len(up) {
			return fmt.Errorf("%s: the shape refers to nothing", at(path))
		}
		i := len(up) - t.Up
		return fit(path, up[:i], up[i], v)
	case "struct":
		o, ok := v.(*object)
		if !ok {
			return bad()
		}
		return fitFields(path, within(up, t), t.Fields, o)
	case "sum":
		return fitSum(path, up, t, v)
	case "list":
		list, ok := v.([]any)
		if !ok {
			return bad()
		}
		for i, e := range list {
			if err := fit(path+"["+strconv.Itoa(i)+"]", within(up, t), t.Elem, e); err != nil {
				return err
			}
		}
		return nil
	case "map":
		o, ok := v.(*object)
		if !ok {
			return bad()
		}
		for i, e := range o.values {
			if err := firstError(fit(path+"{key}", within(up, t), key(t), o.keys[i]), fit(path+"{}", within(up, t), t.Elem, e)); err != nil {
				return err
			}
		}
		return nil
	}
	if !fitScalar(t, v) {
		return bad()
	}
	return nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// within returns up and more types after it. It copies up, because siblings use up
// too.
func within(up []*shape.Type, more ...*shape.Type) []*shape.Type { return slices.Concat(up, more) }

func withArticle(noun string) string {
	if strings.HasPrefix(noun, "int") || strings.HasPrefix(noun, "enum") {
		return "an " + noun
	}
	return "a " + noun
}

func at(path string) string {
	if path == "" {
		return "the value"
	}
	return strings.TrimPrefix(path, ".")
}

func fitSum(path string, up []*shape.Type, t *shape.Type, v any) error {
	o, ok := v.(*object)
	if !ok {
		return fmt.Errorf("%s is not a union", at(path))
	}
	tag, _ := o.get(t.Tag)
	for _, a := range t.Arms {
		if fmt.Sprint(tag) == a.Value {
			arm := &shape.Type{Kind: "struct", Fields: a.Fields}
			return fitFields(path, within(up, t, arm), a.Fields, o)
		}
	}
	return fmt.Errorf("%s: no case of the union has %s %v", at(path), t.Tag, tag)
}

func fitFields(path string, up []*shape.Type, fields []shape.Field, o *object) error {
	for _, k := range o.keys {
		if _, ok := field(fields, k); !ok {
			return fmt.Errorf("%s has the unknown field %s", at(path), k)
		}
	}
	for _, f := range fields {
		v, ok := o.get(f.Name)
		switch {
		case !ok && (f.Optional || f.Default != ""):
		case !ok && f.Const == "" && f.Type.Kind == "list": // an absent list is an empty one
		case !ok:
			return fmt.Errorf("%s lacks field %s", at(path), f.Name)
		case f.Const != "":
			if encode(v) != f.Const {
				return fmt.Errorf("%s.%s is not %s", at(path), f.Name, f.Const)
			}
		default:
			if err := fit(path+"."+f.Name, up, f.Type, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// fitScalar checks that a value has the kind of JSON of a type. It does not check
// formats, such as that of times.
func fitScalar(t *shape.Type, v any) bool {
	switch v := v.(type) {
	case string:
		return t.Kind == "enum" && t.Of == "string" && slices.Contains(t.Values, v) || slices.Contains(text, t.Kind)
	case json.Number:
		_, err := strconv.ParseInt(v.String(), 10, 64)
		switch t.Kind {
		case "int":
			return err == nil
		case "number":
			return true
		}
		return t.Kind == "enum" && t.Of == "int" && slices.Contains(t.Values, v.String())
	case bool:
		return t.Kind == "bool"
	}
	return false
}
