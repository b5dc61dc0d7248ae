package live

import (
	"context"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// control is a field in its form.
type control struct {
	field
	form    *formScope
	name    string // in the form: "lines[2].qty"
	needed  bool   // all structs around it are required, so it can be required too
	depth   int    // the number of structs, unions and lists around it
	zone    *time.Location
	id      string
	problem string // what is wrong with it; "" is nothing
	focus   bool   // it is the first that is wrong
}

func (c *control) write(b *strings.Builder) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.depth > maxFieldDepth {
		return errFieldDepth
	}
	if !c.needed {
		c.FormField = mayBeBlank(c.FormField)
	}
	c.place()
	switch c.shape() {
	case structure:
		return c.writeStructure(b)
	case union:
		return c.writeUnion(b)
	case rows:
		return c.writeRows(b)
	case group:
		c.writeGroup(b)
	default:
		c.writeSingle(b)
	}
	return nil
}

// mayBeBlank describes a field of something that may be left out as a whole: it can
// be blank, and has no value that nobody chose.
func mayBeBlank(f ironstar.FormField) ironstar.FormField {
	if f.Type == "checkbox" && f.Default != "" {
		f = yesOrNo(f)
	}
	f.Required, f.Default = false, ""
	return f
}

// yesOrNo makes a list to pick from of a box: so it has three states.
func yesOrNo(f ironstar.FormField) ironstar.FormField {
	f.Type, f.Values = "", []string{"true", "false"}
	return f
}

// place gives the control its id, and what was typed if the form was refused.
func (c *control) place() {
	c.id = idOfName(c.name)
	if c.form.id != "" {
		c.id = c.form.id + "-" + c.id
	}
	whole := c.shape() == single || c.shape() == group
	c.problem = c.form.errorsOf(c.name, whole)
	if !c.hasValue && c.Default != "" {
		c.value.texts = []string{c.Default}
	}
	refused := c.form.refused
	if refused == nil {
		return
	}
	c.value = value{} // of a secret, and of a box that was not ticked, nothing was sent
	if !isSecretName(c.name) {
		c.value.texts = refused.problem.sent[c.name]
	}
	if c.problem != "" && !refused.focused {
		refused.focused, refused.focusNext = true, true
	}
	if whole && refused.focusNext {
		refused.focusNext, c.focus = false, true
	}
}

// idOfName replaces what an id must not have.
func idOfName(name string) string {
	if !strings.ContainsAny(name, " \t\n\f\r%") {
		return name
	}
	return strings.NewReplacer("%", "%25", " ", "%20", "\t", "%09", "\n", "%0A", "\f", "%0C", "\r", "%0D").Replace(name)
}

// begin writes an element and its class. A field that has a value says so.
func (c *control) begin(b *strings.Builder, element, class string) {
	edits := c.hasValue && c.depth == 0
	fmt.Fprintf(b, `<%s class="live-field%s"%s`, element, class, when(edits, " data-live-edits"))
	if element == "fieldset" {
		fmt.Fprintf(b, ` aria-describedby="%s-error"><legend>%s</legend>`, c.escapedID(), escape(c.label))
		return
	}
	b.WriteString(">")
}

func (c *control) writeSingle(b *strings.Builder) {
	c.begin(b, "div", "")
	if c.Type == "checkbox" {
		c.writeBox(b)
	} else {
		fmt.Fprintf(b, `<label for="%s">%s</label>`, c.escapedID(), escape(c.label))
		switch {
		case len(c.Values) > 0:
			c.writeSelect(b)
		case c.lines > 0, c.Type == "json", strings.Contains(c.text(), "\n"): // an input would lose the lines
			c.writeTextArea(b)
		case c.Type == "datetime-local":
			c.writeTime(b)
		default:
			c.writeInput(b, c.text())
		}
	}
	c.writeProblem(b)
	b.WriteString("</div>")
}

func (c *control) writeInput(b *strings.Builder, text string) {
	a := c.attributes(c.constraints())
	a["type"] = c.Type
	if text != "" {
		a["value"] = text
	}
	fmt.Fprintf(b, `<input%s>`, written(a))
}

// writeTextArea writes a newline before the text, because browsers drop the first.
func (c *control) writeTextArea(b *strings.Builder) {
	all := c.constraints()
	for _, ofInputs := range []string{"pattern", "min", "max", "step"} {
		delete(all, ofInputs)
	}
	a := c.attributes(all)
	a["rows"] = max(c.lines, 1+min(strings.Count(c.text(), "\n"), 19))
	if c.Type == "json" {
		a["rows"], a["spellcheck"] = max(c.lines, 3), "false"
	}
	fmt.Fprintf(b, "<textarea%s>\n%s</textarea>", written(a), escape(c.text()))
}

// writeSelect writes a list with a blank choice, unless there always is a value.
// After a reload and on Back, browsers choose what was chosen before, also if nobody
// changed it. Where that would not be what is stored, they are told not to.
func (c *control) writeSelect(b *strings.Builder) {
	of := c.constraints()
	if c.hasValue {
		of["autocomplete"] = "off"
	}
	fmt.Fprintf(b, "<select%s>", written(c.attributes(of)))
	if !c.Required && c.Default == "" || !slices.Contains(c.Values, c.text()) {
		fmt.Fprintf(b, `<option value="">%s</option>`, escape(c.labelOfValue("")))
	}
	for _, v := range c.Values {
		fmt.Fprintf(b, `<option value="%s"%s>%s</option>`, escape(v), when(v == c.text(), " selected"), escape(c.labelOfValue(v)))
	}
	b.WriteString("</select>")
}

// writeBox writes a check box. If the schema has a default, a hidden false stands
// before it, because a box that is not ticked sends nothing.
func (c *control) writeBox(b *strings.Builder) {
	if c.Default != "" {
		fmt.Fprintf(b, `<input type="hidden" name="%s" value="false">`, escape(c.name))
	}
	a := c.attributes(c.constraints())
	last := ""
	if n := len(c.value.texts); n > 0 {
		last = c.value.texts[n-1] // counts if a name was sent several times
	}
	a["type"], a["value"], a["checked"] = "checkbox", "true", last == "true"
	fmt.Fprintf(b, `<label for="%s"><input%s> %s</label>`, c.escapedID(), written(a), escape(c.label))
}

// writeGroup writes a box or a radio button for each value. What is wrong is said
// of the first, because that one gets the focus.
func (c *control) writeGroup(b *strings.Builder) {
	c.begin(b, "fieldset", "")
	kind := "checkbox"
	if c.radios {
		kind = "radio"
	}
	texts := c.value.texts
	none := c.radios && !c.Required && c.Default == ""
	values := c.Values
	if none {
		values = append([]string{""}, values...)
	}
	for i, v := range values {
		a := templ.Attributes{"name": c.name, "type": kind, "value": v, "required": c.radios && c.Required}
		maps.Copy(a, c.more)
		a["checked"] = slices.Contains(texts, v) || none && v == "" && len(texts) == 0
		if i == 0 {
			c.mark(a)
		}
		fmt.Fprintf(b, `<label><input%s> %s</label>`, written(a), escape(c.labelOfValue(v)))
	}
	c.writeProblem(b)
	b.WriteString("</fieldset>")
}

// writeProblem writes the place for what is wrong. The browser's client finds it
// by the name of the field.
func (c *control) writeProblem(b *strings.Builder) {
	fmt.Fprintf(b, `<p class="live-error" id="%s-error" data-live-error="%s" role="alert">%s</p>`, c.escapedID(), escape(c.name), escape(c.problem))
}

func (c *control) constraints() map[string]any {
	a := c.Attributes()
	a["name"] = c.name
	return a
}

// attributes returns those of a control that stands alone.
func (c *control) attributes(of map[string]any) templ.Attributes {
	a := templ.Attributes(of)
	maps.Copy(a, c.more)
	a["id"] = c.id
	a["aria-describedby"] = c.id + "-error"
	c.mark(a)
	return a
}

// mark says of a control that it is wrong, or gives it the focus.
func (c *control) mark(a templ.Attributes) {
	if c.problem != "" {
		a["aria-invalid"], a["aria-describedby"] = "true", c.id+"-error"
	}
	if c.focus {
		a["autofocus"] = true
	}
}

// text returns the first value, or "".
func (c *control) text() string {
	if len(c.value.texts) == 0 {
		return ""
	}
	return c.value.texts[0]
}

// labelOfValue returns the words for a value of an enum.
func (f *field) labelOfValue(v string) string {
	if label, ok := f.labels[v]; ok {
		return label
	}
	switch {
	case v == "":
		return "–"
	case slices.Equal(f.Values, []string{"true", "false"}):
		return map[string]string{"true": "Yes", "false": "No"}[v]
	}
	return capital(v)
}

func (c *control) escapedID() string { return escape(c.id) }

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
