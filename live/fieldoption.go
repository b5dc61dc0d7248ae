package live

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// FieldOption changes a [Field].
type FieldOption func(*field)

// Value is what a field has before a person changes it: a text, a number, a bool,
// or any type that prints itself, such as ironstar.Date. A slice, or several
// values, tick several boxes of a group. A time.Time is refused: people see a time
// in their own zone, which the server does not know.
func Value(values ...any) FieldOption {
	return func(f *field) {
		f.values, f.hasValue = nil, true
		for _, v := range values {
			texts, err := textsOf(v)
			if err != nil {
				f.err = fmt.Errorf("live: the value of field %q: %w", f.Name, err)
			}
			f.values = append(f.values, texts...)
		}
	}
}

// Lines makes a text area with room for n lines. It is for texts, and n is at
// least 1.
func Lines(n int) FieldOption {
	return func(f *field) {
		if f.Type != "text" || n < 1 {
			f.err = fmt.Errorf("live: Lines(%d) of field %q: only a text has lines, at least one", n, f.Name)
		}
		f.lines = n
	}
}

// Radios shows the values of an enum as radio buttons instead of a list to pick
// from.
func Radios() FieldOption {
	return func(f *field) {
		if f.Many || len(f.Values) == 0 {
			f.err = fmt.Errorf("live: Radios of field %q: only an enum has them", f.Name)
		}
		f.radios = true
	}
}

// Labels are words for the values of an enum. A value without a label is shown as
// it is, with a capital. The label of "" is for the choice of no value.
//
//	live.Labels(map[todo.Level]string{todo.LevelLow: "Not urgent"})
func Labels[V ~string | ~int64](labels map[V]string) FieldOption {
	return func(f *field) {
		f.labels = map[string]string{}
		for v, label := range labels {
			f.labels[fmt.Sprint(v)] = label
		}
	}
}

// With adds attributes to the control of a field, such as autocomplete or a
// placeholder. In a group of boxes or radio buttons each gets them. It replaces
// constraints of the schema, but neither name nor id, type nor value.
func With(a templ.Attributes) FieldOption {
	return func(f *field) {
		for name, v := range a {
			f.more[name] = v
		}
	}
}

// textsOf returns a value as forms have it. nil is no value.
func textsOf(v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case time.Time:
		return nil, errors.New("it is a time.Time; leave the field empty, or use a text like 2026-01-31T15:04 in the zone of the reader")
	case time.Duration:
		return []string{ironstar.FormatDuration(v)}, nil
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil, nil
		}
		return textsOf(r.Elem().Interface())
	}
	if text, ok := v.(fmt.Stringer); ok {
		return []string{text.String()}, nil
	}
	switch r.Kind() {
	case reflect.Slice, reflect.Array:
		var all []string
		for i := range r.Len() {
			texts, err := textsOf(r.Index(i).Interface())
			if err != nil {
				return nil, err
			}
			all = append(all, texts...)
		}
		return all, nil
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return []string{fmt.Sprint(v)}, nil
	}
	return nil, fmt.Errorf("a %T is no text, number or bool; write it as a string", v)
}
