package ironstar

// Signal is the name of something that a page keeps in the browser. Generated
// code declares one for each field of a schema's signals, so that a template
// that binds a signal nobody declared does not compile.
type Signal string

// Ref is the signal in a Datastar expression: "$text".
func (s Signal) Ref() string { return "$" + string(s) }

// Bind is the attribute that ties a form element to the signal. The name is the
// attribute's value, where the case of letters is kept. A template spreads it:
//
//	<input { templ.Attributes(todo.FormSignals.Text.Bind())... }/>
func (s Signal) Bind() map[string]any { return map[string]any{"data-bind": string(s)} }
