package wire

// Input describes a field to clients that cannot send JSON: HTML forms and
// query strings, whose values are all text, and signals, which hold more than
// one command needs.
type Input struct {
	Name   string
	Kind   InputKind
	Many   bool    // a list: the name may come several times
	Fields []Input // InputObject: named with dots, "payment.kind"
}

// InputKind says how text becomes JSON.
type InputKind int

// The kinds of input.
const (
	InputText   InputKind = iota // a JSON string
	InputNumber                  // a JSON number, if it looks like one
	InputFlag                    // true for "true" and "on", false for "false" and "off"
	InputObject                  // Fields
	InputJSON                    // JSON text: maps, lists of objects
)
