package live

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// part returns the control for a field of a struct, or of a case of a union.
func (c *control) part(f ironstar.FormField, prefix string, of map[string]json.RawMessage, needed bool) *control {
	label := labelOf(f.Name)
	var options []FieldOption
	var deeper []within
	for _, w := range c.within {
		name, rest, isDeeper := strings.Cut(w.path, ".")
		switch {
		case name != f.Name:
		case isDeeper:
			deeper = append(deeper, within{rest, w.label, w.options})
		default:
			options = append(options, w.options...)
			if w.label != "" {
				label = w.label
			}
		}
	}
	shown := newField(f, label, options)
	shown.within = append(shown.within, deeper...)
	if !shown.hasValue {
		shown.value, shown.hasValue = valueIn(&f, of[f.Name]), c.hasValue
	}
	return &control{field: shown, form: c.form, name: prefix + "." + f.Name, needed: needed, depth: c.depth + 1, zone: c.zone}
}

func (c *control) writeParts(b *strings.Builder, fields []ironstar.FormField, prefix string, of map[string]json.RawMessage, needed bool) error {
	for _, f := range fields {
		if err := c.part(f, prefix, of, needed).write(b); err != nil {
			return err
		}
	}
	return nil
}

func (c *control) writeStructure(b *strings.Builder) error {
	c.begin(b, "fieldset", " live-group")
	if err := c.writeParts(b, c.Fields, c.name, c.value.members(), c.Required); err != nil {
		return err
	}
	c.writeProblem(b)
	b.WriteString("</fieldset>")
	return nil
}

// writeUnion writes a radio button for each case and, behind it, the fields of the
// case, whose names carry the case. A style sheet hides those of other cases, so
// none of them is required: a browser does not send a form with a required control
// that it does not show.
func (c *control) writeUnion(b *strings.Builder) error {
	c.begin(b, "fieldset", " live-group")
	of := c.value.members()
	tag := c.part(ironstar.FormField{Name: c.Tag, Values: caseNames(c.Cases), Required: c.Required}, c.name, of, c.Required)
	if err := tag.check(); err != nil {
		return err
	}
	tag.radios = true
	tag.place()
	if !c.Required {
		tag.writeCase(b, "", true)
		b.WriteString("</div>")
	}
	for i, one := range c.Cases {
		tag.writeCase(b, one.Value, c.Required && i == 0)
		if len(one.Fields) > 0 {
			fmt.Fprintf(b, `<div class="live-case-fields" role="group" aria-label="%s">`, escape(tag.labelOfValue(one.Value)))
			var own map[string]json.RawMessage
			if tag.text() == one.Value {
				own = of
			}
			if err := c.writeParts(b, one.Fields, c.name+"["+one.Value+"]", own, false); err != nil {
				return err
			}
			b.WriteString("</div>")
		}
		b.WriteString("</div>")
	}
	tag.writeProblem(b)
	c.writeProblem(b)
	b.WriteString("</fieldset>")
	return nil
}

// writeCase writes the radio button of a case, in an element that is left open.
func (tag *control) writeCase(b *strings.Builder, value string, first bool) {
	a := templ.Attributes{"name": tag.name, "type": "radio", "value": value, "required": tag.Required, "checked": tag.text() == value}
	if first {
		a["aria-describedby"] = tag.id + "-error"
		tag.mark(a)
	}
	fmt.Fprintf(b, `<div class="live-case"><label><input%s> %s</label>`, written(a), escape(tag.labelOfValue(value)))
}

func caseNames(cases []ironstar.FormCase) []string {
	var names []string
	for _, c := range cases {
		names = append(names, c.Value)
	}
	return names
}

// writeRows writes a row for each item of a list, and blank ones.
func (c *control) writeRows(b *strings.Builder) error {
	c.begin(b, "fieldset", " live-group")
	for i, row := range c.rows() {
		if c.form.refused != nil && c.form.rows >= maxRows {
			break
		}
		c.form.rows++
		item := c.field
		item.Many, item.Encode, item.Default = false, nil, ""
		if item.Type == "checkbox" {
			item.FormField = yesOrNo(item.FormField)
		}
		item.label, item.value = fmt.Sprintf("%s %d", c.label, i+1), row.value
		one := &control{field: item, form: c.form, name: fmt.Sprintf("%s[%d]", c.name, row.index), depth: c.depth + 1, zone: c.zone}
		if err := one.write(b); err != nil {
			return err
		}
	}
	c.writeProblem(b)
	b.WriteString("</fieldset>")
	return nil
}

// maxRows is how many rows a refused form shows at most: the names that were sent
// say how many there are.
const maxRows = 1000

type row struct {
	index int
	value value
}

// rows returns those with a value, or those that were sent, and blank ones.
func (c *control) rows() []row {
	var all []row
	switch {
	case c.form.refused != nil:
		for _, i := range c.form.refused.indices(c.name) {
			all = append(all, row{index: i})
		}
	case c.value.json != nil:
		item := c.FormField
		item.Many = false
		for i, raw := range itemsIn(c.value.json) {
			all = append(all, row{i, valueIn(&item, raw)})
		}
	default:
		for i, text := range c.value.texts {
			all = append(all, row{i, value{texts: []string{text}}})
		}
	}
	next := 0
	if n := len(all); n > 0 {
		next = all[n-1].index + 1
	}
	for i := range c.blankRows {
		all = append(all, row{index: next + i})
	}
	return all
}

// indices returns the indices of the rows that were sent for a list, in order.
// There are at most maxRows.
func (f *refused) indices(list string) []int {
	if f.names == nil {
		for name := range f.problem.sent {
			f.names = append(f.names, name)
		}
		slices.Sort(f.names)
	}
	prefix := list + "["
	at, _ := slices.BinarySearch(f.names, prefix)
	var all []int
	for _, name := range f.names[at:] {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			break
		}
		if i, ok := rowIndex(rest); ok {
			all = append(all, i)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), maxRows)]
}

// rowIndex reads the index of a name like "lines[12].qty", from behind the bracket.
func rowIndex(rest string) (int, bool) {
	digits, _, ok := strings.Cut(rest, "]")
	i, err := strconv.Atoi(digits)
	return i, ok && err == nil && i >= 0 && i < maxRowIndex && strconv.Itoa(i) == digits
}

// maxRowIndex leaves room for blank rows.
const maxRowIndex = 1 << 30
