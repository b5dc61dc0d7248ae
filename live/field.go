package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// Field is a field of a form: a label, a control of the right type with the
// constraints of the schema, and the place for what is wrong with it.
//
//	@live.Field(todo.ListAddForm.Text, "Text", live.Lines(3))
//
// An enum is a list to pick from, or [Radios]; a list of an enum is a group of
// check boxes; a bool is a check box, or, if it may be absent, a list to pick from.
// A struct is a group of its fields. A union is a radio button for each case with
// the fields of that case. Any other list is a row for each item and a blank one,
// see [BlankRows]. A type that a form cannot express, such as a map, is JSON in a
// text area. Labels and values may be any text. In a [Form] that the server refused,
// the field shows what was typed, except secrets, and what is wrong with it.
//
// Fields in a struct, a union or a row have labels made of their names; [Within]
// changes them.
func Field(f ironstar.FormField, label string, options ...FieldOption) templ.Component {
	shown := newField(f, label, options)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		c := control{field: shown, form: formOf(ctx), name: shown.Name, needed: true, zone: zoneOf(ctx)}
		var b strings.Builder
		if err := c.write(&b); err != nil {
			return err
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// field is what a template says of a field.
type field struct {
	ironstar.FormField
	label     string
	value     value
	hasValue  bool
	lines     int
	radios    bool
	blankRows int
	labels    map[string]string
	more      templ.Attributes
	within    []within // of the fields in it
	err       error
}

func newField(f ironstar.FormField, label string, options []FieldOption) field {
	f.Values = slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return v == "" }) // in a form a blank is no value
	shown := field{FormField: f, label: label, blankRows: 1, more: templ.Attributes{}}
	for _, o := range options {
		o(&shown)
	}
	return shown
}

// shape is what a field consists of.
type shape int

const (
	single    shape = iota // a control
	group                  // a box or a radio button for each value
	structure              // a control for each field
	union                  // a radio button for each case, and its fields
	rows                   // a list of any of the others
)

func (f *field) shape() shape {
	switch {
	case f.Many && len(f.Values) > 0, f.radios:
		return group
	case f.Many:
		return rows
	case f.Fields != nil:
		return structure
	case len(f.Cases) > 0:
		return union
	}
	return single
}

// parts returns the fields that [Within] can name.
func (f *field) parts() []string {
	var names []string
	for _, one := range f.Fields {
		names = append(names, one.Name)
	}
	if len(f.Cases) > 0 {
		names = append(names, f.Tag)
	}
	for _, c := range f.Cases {
		for _, one := range c.Fields {
			names = append(names, one.Name)
		}
	}
	return names
}

func (f *field) check() error {
	if f.err != nil {
		return f.err
	}
	if f.Name == "" || f.label == "" {
		return fmt.Errorf("live: a field needs a name and a label; it has %q and %q", f.Name, f.label)
	}
	parts := f.parts()
	if f.Type == "" && len(f.Values) == 0 && f.Fields == nil && len(f.Cases) == 0 {
		return fmt.Errorf("live: field %q has no type, values, fields or cases; use a field that ironstar generate wrote", f.Name)
	}
	for _, w := range f.within {
		if name, _, _ := strings.Cut(w.path, "."); !slices.Contains(parts, name) {
			return fmt.Errorf("live: Within(%q) of field %q: it has no such field; it has %q", w.path, f.Name, parts)
		}
	}
	for name := range f.more {
		switch strings.ToLower(name) {
		case "id", "name", "type", "value", "checked", "aria-describedby", "aria-invalid":
			return fmt.Errorf("live: With of field %q must not have %q: live.Field writes it", f.Name, name)
		}
	}
	if len(f.more) > 0 && (f.Fields != nil || len(f.Cases) > 0) {
		return fmt.Errorf("live: With of field %q: it has several controls; write it in Within", f.Name)
	}
	return nil
}

// maxFieldDepth is the greatest number of structs, unions and lists around a
// control. The server reads no deeper JSON.
const maxFieldDepth = 64

var errFieldDepth = errors.New("live: a field has too many levels of structs, unions and lists; at most 64")
