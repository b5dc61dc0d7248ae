package add

import (
	"strconv"
	"strings"

	"ironstar.dev/internal/naming"
)

// Role is where a field stands. A command holds what a person sends, so its texts
// have bounds; what is stored says only the type.
type Role int

// The roles.
const (
	InCommand Role = iota
	InEvent
	InState  // of an aggregate or a view: what has no valid zero value is optional
	InSignal // what has no default gets an empty one
)

// declared returns the field as it is written in a schema.
func (f Field) declared(r Role) string {
	mark := ""
	if f.Optional || r == InState && f.isOptionalInState() {
		mark = "?"
	}
	return f.Name + mark + ": " + f.value(r) + f.attribute(r)
}

// value returns the type of the field, with its default.
func (f Field) value(r Role) string {
	text := f.element(r)
	if f.List {
		if strings.Contains(text, " & ") {
			text = "(" + text + ")"
		}
		return "[..." + text + "]"
	}
	switch {
	case f.Default != "" && (r == InCommand || r == InSignal):
		return "*" + f.Default + " | " + text
	case r == InSignal && !f.Optional && signalDefaults[text] != "":
		return "*" + signalDefaults[text] + " | " + text
	}
	return text
}

// signalDefaults are the values that signals begin with.
var signalDefaults = map[string]string{"string": `""`, "bool": "false", "int": "0", "number": "0"}

func (f Field) element(r Role) string {
	switch {
	case f.Values != nil && f.Enum != "":
		return "#" + f.Enum
	case f.Values != nil:
		values := make([]string, len(f.Values))
		for i, v := range f.Values {
			values[i] = f.literal(v)
		}
		return strings.Join(values, " | ")
	case mostRunes[f.Type] > 0 && r == InCommand:
		bound := "strings.MaxRunes(" + strconv.Itoa(mostRunes[f.Type]) + ")"
		if f.isNeeded() {
			bound = "strings.MinRunes(1) & " + bound
		}
		return bound
	case kinds[f.Type] != "":
		return kinds[f.Type]
	}
	return f.Type
}

// isNeeded reports whether a text may not be blank.
func (f Field) isNeeded() bool { return f.List || !f.Optional && f.Default == "" }

func (f Field) attribute(r Role) string {
	switch {
	case r != InCommand:
		return ""
	case injected[f.Type] != "":
		return " " + injected[f.Type]
	case mostRunes[f.Type] > 0 && !f.List:
		return " @trim()"
	}
	return ""
}

// isOptionalInState reports whether the zero value in Go is no value of the type.
func (f Field) isOptionalInState() bool {
	if f.List {
		return false
	}
	switch f.Type {
	case "string", "text", "longtext", "int", "number", "bool", "decimal", "duration", "actor", "bytes":
		return false
	}
	return true
}

// imports returns the CUE packages that the field needs.
func (f Field) imports(r Role) []string {
	var all []string
	text := f.element(r)
	if f.Values == nil && strings.Contains(text, "schema.#") && kinds[f.Type] != "" {
		all = append(all, schemaPackage)
	}
	if strings.Contains(text, "strings.M") && kinds[f.Type] != "" {
		all = append(all, "strings")
	}
	return all
}

// schemaPackage is the import path of the language.
const schemaPackage = "ironstar.dev/schema"

// part is text of a schema, and the packages that it needs.
type part struct {
	text    string
	imports []string
}

// structOf returns fields as a struct on lines of its own, or {}.
func structOf(fields []Field, r Role, more ...string) part {
	var p part
	lines := append([]string(nil), more...)
	for _, f := range fields {
		lines = append(lines, f.declared(r))
		p.imports = append(p.imports, f.imports(r)...)
	}
	p.text = "{}"
	if len(lines) > 0 {
		p.text = "{\n" + indented(strings.Join(lines, "\n"), "\t") + "\n}"
	}
	return p
}

// NameEnums gives the enums among fields the names of their types, and returns
// the declarations of these. taken reports names that the package has.
func NameEnums(fields []Field, owner string, taken func(string) bool) (enums []string) {
	for i := range fields {
		f := &fields[i]
		if f.Values == nil {
			continue
		}
		f.Enum = naming.Exported(f.Name)
		if taken(f.Enum) {
			f.Enum = owner + f.Enum
		}
		for name, n := f.Enum, 2; taken(f.Enum); n++ {
			f.Enum = name + strconv.Itoa(n)
		}
		text := Field{Values: f.Values}.element(InEvent)
		enums = append(enums, "#"+f.Enum+": "+text)
	}
	return enums
}
