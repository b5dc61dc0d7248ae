package ironstar

import (
	"maps"
	"strconv"
)

// FormField is what HTML can say about a field of a command. Generated code
// makes one for each field that people fill in, so that the schema rules the
// form too. It never refuses what the server would accept; the server has the
// last word.
type FormField struct {
	Name     string
	Type     string // of an input: "text", "number", "date" …; "" if it is not for one input
	Required bool

	MinLength int // characters; 0: none
	MaxLength int // characters; 0: none

	Pattern        string // a JavaScript regular expression for the whole text
	Min, Max, Step string
}

// Attributes are the field's HTML attributes, without its type. A template
// spreads them:
//
//	<input { templ.Attributes(todo.ListAddText.Attributes())... }/>
//
// HTML counts UTF-16 units, of which a character has one or two. So maxlength
// is twice the schema's number: a text of emoji is not cut short.
func (f FormField) Attributes() map[string]any {
	a := map[string]any{"name": f.Name}
	if f.Required {
		a["required"] = true
	}
	texts := map[string]string{"pattern": f.Pattern, "min": f.Min, "max": f.Max, "step": f.Step}
	if f.MinLength > 0 {
		texts["minlength"] = strconv.Itoa(f.MinLength)
	}
	if f.MaxLength > 0 {
		texts["maxlength"] = strconv.Itoa(2 * f.MaxLength)
	}
	maps.DeleteFunc(texts, func(_, v string) bool { return v == "" })
	for name, v := range texts {
		a[name] = v
	}
	return a
}

// With is Attributes and more of them, which win.
func (f FormField) With(more map[string]any) map[string]any {
	a := f.Attributes()
	maps.Copy(a, more)
	return a
}
