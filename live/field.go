package live

import (
	"context"
	"fmt"
	"html"
	"io"
	"maps"
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
// check boxes; a bool is a check box. Labels and values may be any text. In a
// [Form] that the server refused, the field shows what was typed, except secrets,
// and what is wrong with it.
//
// A field that needs more than one control, such as a union or a list of structs,
// is written by hand, with names as docs/LANGUAGE.md says.
func Field(f ironstar.FormField, label string, options ...FieldOption) templ.Component {
	f.Values = slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return v == "" }) // in a form a blank is no value
	shown := field{FormField: f, label: label, more: templ.Attributes{}}
	for _, o := range options {
		o(&shown)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if shown.err != nil {
			return shown.err
		}
		if err := shown.check(); err != nil {
			return err
		}
		c := control{field: shown}
		c.place(formOf(ctx))
		var b strings.Builder
		c.write(&b)
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// field is what a template says of a field.
type field struct {
	ironstar.FormField
	label    string
	values   []string
	hasValue bool
	lines    int
	radios   bool
	labels   map[string]string
	more     templ.Attributes
	err      error
}

func (f field) check() error {
	if f.Name == "" || f.label == "" {
		return fmt.Errorf("live: a field needs a name and a label; it has %q and %q", f.Name, f.label)
	}
	if f.Type == "" && len(f.Values) == 0 {
		return fmt.Errorf("live: field %q has no control of its own; write it by hand", f.Name)
	}
	for name := range f.more {
		switch strings.ToLower(name) {
		case "id", "name", "type", "value", "checked", "aria-describedby", "aria-invalid":
			return fmt.Errorf("live: With of field %q must not have %q: live.Field writes it", f.Name, name)
		}
	}
	return nil
}

// control is a field in its form.
type control struct {
	field
	id      string
	problem string // what is wrong with it; "" is nothing
	focus   bool   // it is the first that is wrong
}

// place gives the control its id, and what was typed if the form was refused.
func (c *control) place(form *formScope) {
	c.id = c.Name
	if form.id != "" {
		c.id = form.id + "-" + c.Name
	}
	c.problem = form.errorsOf(c.Name)
	if !c.hasValue && c.Default != "" {
		c.values = []string{c.Default}
	}
	if form.refused == nil {
		return
	}
	c.values = nil // of a secret, and of a box that was not ticked, nothing was sent
	if !isSecretName(c.Name) {
		c.values = form.refused.problem.sent[c.Name]
	}
	if c.problem != "" && !form.refused.focused {
		form.refused.focused, c.focus = true, true
	}
}

func (c control) write(b *strings.Builder) {
	switch {
	case c.Many, c.radios:
		c.writeGroup(b)
	case c.Type == "checkbox":
		c.writeBox(b)
	default:
		fmt.Fprintf(b, `<div class="live-field"><label for="%s">%s</label>`, c.escapedID(), escape(c.label))
		switch {
		case len(c.Values) > 0:
			c.writeSelect(b)
		case c.lines > 0:
			c.writeTextArea(b)
		default:
			c.writeInput(b)
		}
		c.writeProblem(b)
		b.WriteString("</div>")
	}
}

func (c control) writeInput(b *strings.Builder) {
	a := c.attributes(c.Attributes())
	a["type"] = c.Type
	if text := c.value(); text != "" {
		a["value"] = text
	}
	fmt.Fprintf(b, `<input%s>`, written(a))
}

// writeTextArea writes a newline before the text, because browsers drop the first.
func (c control) writeTextArea(b *strings.Builder) {
	all := c.Attributes()
	for _, ofInputs := range []string{"pattern", "min", "max", "step"} {
		delete(all, ofInputs)
	}
	a := c.attributes(all)
	a["rows"] = c.lines
	fmt.Fprintf(b, "<textarea%s>\n%s</textarea>", written(a), escape(c.value()))
}

// writeSelect writes a list with a blank choice, unless there always is a value.
func (c control) writeSelect(b *strings.Builder) {
	fmt.Fprintf(b, "<select%s>", written(c.attributes(c.Attributes())))
	if !c.Required && c.Default == "" || !slices.Contains(c.Values, c.value()) {
		fmt.Fprintf(b, `<option value="">%s</option>`, escape(c.labelOfValue("")))
	}
	for _, v := range c.Values {
		fmt.Fprintf(b, `<option value="%s"%s>%s</option>`, escape(v), when(v == c.value(), " selected"), escape(c.labelOfValue(v)))
	}
	b.WriteString("</select>")
}

// writeBox writes a check box. If the schema has a default, a hidden false stands
// before it, because a box that is not ticked sends nothing.
func (c control) writeBox(b *strings.Builder) {
	b.WriteString(`<div class="live-field">`)
	if c.Default != "" {
		fmt.Fprintf(b, `<input type="hidden" name="%s" value="false">`, escape(c.Name))
	}
	a := c.attributes(c.Attributes())
	a["type"], a["value"], a["checked"] = "checkbox", "true", c.last() == "true"
	fmt.Fprintf(b, `<label for="%s"><input%s> %s</label>`, c.escapedID(), written(a), escape(c.label))
	c.writeProblem(b)
	b.WriteString("</div>")
}

// writeGroup writes a box or a radio button for each value. What is wrong is said
// of the first, because that one gets the focus.
func (c control) writeGroup(b *strings.Builder) {
	fmt.Fprintf(b, `<fieldset class="live-field" aria-describedby="%s-error"><legend>%s</legend>`, c.escapedID(), escape(c.label))
	kind := "checkbox"
	if c.radios {
		kind = "radio"
	}
	none := c.radios && !c.Required && c.Default == ""
	values := c.Values
	if none {
		values = append([]string{""}, values...)
	}
	for i, v := range values {
		a := templ.Attributes{"name": c.Name, "type": kind, "value": v, "required": c.radios && c.Required}
		maps.Copy(a, c.more)
		a["checked"] = slices.Contains(c.values, v) || none && v == "" && len(c.values) == 0
		if i == 0 && c.problem != "" {
			c.markWrong(a)
		}
		fmt.Fprintf(b, `<label><input%s> %s</label>`, written(a), escape(c.labelOfValue(v)))
	}
	c.writeProblem(b)
	b.WriteString("</fieldset>")
}

// writeProblem writes the place for what is wrong. The browser's client finds it
// by the name of the field.
func (c control) writeProblem(b *strings.Builder) {
	fmt.Fprintf(b, `<p class="live-error" id="%s-error" data-live-error="%s" role="alert">%s</p>`, c.escapedID(), escape(c.Name), escape(c.problem))
}

// attributes returns those of a control that stands alone.
func (c control) attributes(of map[string]any) templ.Attributes {
	a := templ.Attributes(of)
	maps.Copy(a, c.more)
	a["id"] = c.id
	a["aria-describedby"] = c.id + "-error"
	if c.problem != "" {
		c.markWrong(a)
	}
	return a
}

func (c control) markWrong(a templ.Attributes) {
	a["aria-invalid"], a["aria-describedby"] = "true", c.id+"-error"
	if c.focus {
		a["autofocus"] = true
	}
}

// value returns the first value, or "".
func (c control) value() string {
	if len(c.values) == 0 {
		return ""
	}
	return c.values[0]
}

// last returns the last value, which counts if a name was sent several times.
func (c control) last() string {
	if len(c.values) == 0 {
		return ""
	}
	return c.values[len(c.values)-1]
}

// labelOfValue returns the words for a value of an enum.
func (c control) labelOfValue(v string) string {
	if label, ok := c.labels[v]; ok {
		return label
	}
	if v == "" {
		return "–"
	}
	return capital(v)
}

func (c control) escapedID() string { return escape(c.id) }

// written returns attributes in the order of their names, each after a blank.
func written(a templ.Attributes) string {
	var b strings.Builder
	for name, v := range a {
		if text, ok := v.(string); ok {
			a[name] = withoutNUL(text)
		}
	}
	_ = templ.RenderAttributes(context.Background(), &b, a) // cannot fail: it writes to memory
	return b.String()
}

func escape(text string) string { return html.EscapeString(withoutNUL(text)) }

// withoutNUL replaces what HTML must not contain.
func withoutNUL(text string) string { return strings.ReplaceAll(text, "\x00", "\ufffd") }

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
