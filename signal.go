package ironstar

// Signal is the name of a value that a page keeps in the browser. Generated
// code declares one for each field of a schema's signals, so a template that
// binds an undeclared signal does not compile.
type Signal string

// Ref returns the signal as a Datastar expression: "$text".
func (s Signal) Ref() string { return "$" + string(s) }

// Bind returns the attribute that binds a form element to the signal. The name
// is the attribute's value, because HTML keeps upper and lower case only there.
// A template spreads it:
//
//	<input { templ.Attributes(todo.FormSignals.Text.Bind())... }/>
func (s Signal) Bind() map[string]any { return map[string]any{"data-bind": string(s)} }
