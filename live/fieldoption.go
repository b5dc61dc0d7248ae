package live

import (
	"fmt"

	"github.com/a-h/templ"
)

// FieldOption changes a [Field].
type FieldOption func(*field)

// Value is what a field has before a person changes it: a value of the type that
// generated code has for the field, such as a struct, a union, a slice or a
// time.Time, or a text. nil is no value. Several values of a list are its items. A
// time is shown in the zone of the reader by the client, and in Options.Zone without
// a script.
//
// A field with a value changes what there is: when its form was taken, it shows what
// was sent, while other fields are emptied for the next input.
func Value(values ...any) FieldOption {
	return func(f *field) {
		f.hasValue = true
		var err error
		if f.value, err = valueOf(&f.FormField, values); err != nil {
			f.err = fmt.Errorf("live: the value of field %q: %w", f.Name, err)
		}
	}
}

// Within changes a field of a struct, of a union or of the items of a list. The path
// names it, from the field on: "amount", "owner.name". label "" leaves the label that
// is made of the name. The tag of a union takes [Labels] for its cases.
//
//	@live.Field(shop.OrderPriceForm.Price, "Price", live.Within("amount", "Amount before tax"))
func Within(path, label string, options ...FieldOption) FieldOption {
	return func(f *field) { f.within = append(f.within, within{path, label, options}) }
}

type within struct {
	path, label string
	options     []FieldOption
}

// BlankRows is how many blank rows a list has behind its items: 1 to 100, without
// this option 1. A row of which nothing is filled in is left out, so people remove
// an item by emptying its row.
func BlankRows(n int) FieldOption {
	return func(f *field) {
		if !f.Many || len(f.Values) > 0 || n < 1 || n > 100 {
			f.err = fmt.Errorf("live: BlankRows(%d) of field %q: only a list has rows, and from 1 to 100 blank ones", n, f.Name)
		}
		f.blankRows = n
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
