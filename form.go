package ironstar

import (
	"maps"
	"strconv"
)

// FormField holds what HTML can express of the constraints of a command's
// field. Generated code has one for each field that people fill in. A form
// never refuses what the server would accept; the server checks everything
// again.
type FormField struct {
	Name     string
	Type     string // of an input: "text", "number", "date" …; "json": JSON in a text area; "": Values, Fields or Cases
	Required bool

	Values  []string // of an enum, or of the enum in a list, in the order of the schema
	Many    bool     // a list: any number of Values, or of what the other fields describe
	Default string   // of an enum or a bool ("true", "false"); "": the schema has none

	MinLength int // characters; 0: no limit
	MaxLength int // characters; 0: no limit

	Pattern        string // a JavaScript regular expression for the whole text
	Min, Max, Step string
	InputMode      string // the keyboard on a phone: "numeric", "decimal"; "": that of the type

	Title string // the schema's @message; browsers show it when the text does not match the pattern

	Fields []FormField // of a struct; not nil even if it has none. In a form their names have a prefix: "address.city"
	Tag    string      // of a union: the field that names the case
	Cases  []FormCase  // of a union

	// Encode returns the JSON of a value of the field, or nil if the value is nil. A
	// field that holds one text, or a list of them, has no Encode.
	Encode func(v any) ([]byte, error)
}

// FormCase is a case of a union.
type FormCase struct {
	Value  string      // of the tag
	Fields []FormField // without the tag
}

// Attributes returns the field's HTML attributes without its type. A template
// spreads them:
//
//	<input { templ.Attributes(todo.ListAddForm.Text.Attributes())... }/>
//
// HTML counts UTF-16 units, and a character has one or two of them. So
// maxlength is twice the schema's number, and a text of emoji is not cut off.
func (f FormField) Attributes() map[string]any {
	a := map[string]any{"name": f.Name}
	if f.Required {
		a["required"] = true
	}
	texts := map[string]string{"pattern": f.Pattern, "min": f.Min, "max": f.Max, "step": f.Step, "title": f.Title, "inputmode": f.InputMode}
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

// With returns Attributes with additions. An addition replaces an attribute of
// the same name.
func (f FormField) With(more map[string]any) map[string]any {
	a := f.Attributes()
	maps.Copy(a, more)
	return a
}
