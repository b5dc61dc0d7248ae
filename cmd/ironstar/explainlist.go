package main

import (
	"strings"

	"ironstar.dev/internal/model"
)

// list explains a view that has a row for each stream of an aggregate.
func (d *explanation) list(v *model.View) {
	pkg, l := d.entry.pkg.Name, v.List
	d.line("list", "%s: one row for each stream whose state fits", v.Of.Name)
	if l.More != nil {
		d.line("Go", "%s.%s, an interface that your %s satisfies: More adds to rows", pkg, v.Name, v.Name)
	}
	for _, c := range l.Where {
		var values []string
		for _, value := range c.Values {
			values = append(values, value.Text)
		}
		d.line("where", "%s is %s", strings.Join(c.Path, "."), strings.Join(values, ", "))
	}
	var cases []string
	for _, c := range l.Cases {
		cases = append(cases, c.GoName)
	}
	if cases != nil {
		d.line("cases", "%s", strings.Join(cases, ", "))
	}
	d.line("scope", "%s", string(v.Scope))
	d.line("row", "%s.%s", pkg, l.Row.GoName)
	d.shape(l.Row.Type)
	d.line("parameters", "%s.%s", pkg, v.Param.GoName)
	d.shape(v.Param.Type)
}
