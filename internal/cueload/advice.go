package cueload

import (
	"strconv"

	"ironstar.dev/internal/model"
)

// Advice lists what is valid and probably not intended in a schema that was
// read with these values: fields of states and commands that are written as a
// value, such as count: 0 for count: int. Such a field never has another value
// and does not exist in Go. Texts such as kind: "card" are not listed, because
// they distinguish the cases of a union. Events are not listed, because a
// released event must not change. It also lists events that a query names and does not
// read.
func (v *Values) Advice(s *model.Schema) Errors {
	a := &advice{&problems{text: v.loader.text}}
	for _, p := range s.Packages {
		for _, agg := range p.Aggregates {
			a.fields(agg.State)
			for _, c := range agg.Commands {
				a.fields(c.Payload.Type)
			}
		}
		for _, view := range p.Views {
			if view.Of == nil && view.Shows == nil {
				a.fields(view.State)
			}
		}
		for _, q := range p.Queries {
			a.unread(q)
		}
		for _, process := range p.Processes {
			if process.State != nil {
				a.fields(process.State)
			}
		}
	}
	return a.errs.sorted()
}

type advice struct{ *problems }

// fields examines a struct and the structs that are written inside it.
func (a *advice) fields(t *model.Type) {
	if t.Kind == model.Ref && t.Named != nil && t.Named.Inline {
		t = t.Named.Type
	}
	for _, f := range t.Fields {
		switch c := f.Const; {
		case c == nil:
			a.fields(f.Type)
		case c.Kind != model.String || c.Text == "":
			text, kind := c.Text, kindName(c.Kind)
			if c.Kind == model.String {
				text = strconv.Quote(text)
			}
			a.add(codeValueForType, f.Pos, "write "+f.InCUE()+": "+kind+", or "+f.InCUE()+": *"+text+" | "+kind+" for a default",
				"field %s is %s for ever, and no field in Go: a value is written where a type is meant", f.Name, text)
		}
	}
}
