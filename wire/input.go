package wire

// Input describes a field for clients that cannot send JSON: HTML forms and
// query strings, whose values are text, and signals, which have more fields
// than one command. Generated code has one for each field that people fill in.
type Input struct {
	Name string
	Kind InputKind

	// Required: a box that is not ticked is false, and a struct or union of which
	// nothing was filled in is there, so that its own fields are reported as
	// missing. A number, a day and so on that was left blank is absent in any case.
	Required bool

	// Optional: the field is written with ? in the schema, so a blank text is no
	// value. Without Optional a blank text stays a text.
	Optional bool

	Many   bool    // a list: the name occurs several times, or as name[0], name[1] …
	Fields []Input // InputObject: in a form their names have a prefix: "address.city"

	Tag   string      // InputUnion: the field that names the case: "payment.kind"
	Cases []InputCase // InputUnion

	// Const is the JSON of a field that always has the same value. A form need not
	// send it.
	Const string
}

// InputCase is a case of a union.
type InputCase struct {
	Value  string  // of the tag
	Fields []Input // without the tag
}

// InputKind says how text becomes JSON.
type InputKind int

// The kinds of input. Blanks around a value are ignored, except in a text.
const (
	InputText    InputKind = iota // a JSON string
	InputNumber                   // a JSON number; see Form for its spellings
	InputFlag                     // true for "true", "on", "yes" and "1", false for "false", "off", "no" and "0"
	InputObject                   // Fields
	InputJSON                     // JSON text: maps, lists of lists, types that hold themselves
	InputInt                      // a JSON number without a point
	InputDecimal                  // a decimal in a JSON string
	InputTime                     // RFC 3339, or what <input type="datetime-local"> sends
	InputUUID                     // in small or capital letters
	InputScalar                   // another value in a JSON string that is never blank: a day, an enum, a duration
	InputUnion                    // Tag and Cases
)

// keepsBlank reports whether a blank text is a value of the field.
func (in *Input) keepsBlank() bool { return in.Kind == InputText && !in.Optional && in.Const == "" }

// isStruct reports whether the field has fields of its own.
func (in *Input) isStruct() bool { return in.Kind == InputObject || in.Kind == InputUnion }
