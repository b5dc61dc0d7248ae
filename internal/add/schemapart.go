package add

import (
	"regexp"
	"slices"
	"strings"

	"ironstar.dev/internal/naming"
)

// Definition is a text for a schema, and the packages of CUE that it needs.
type Definition struct {
	Text    string
	Imports []string
}

// File returns the text of a new file of a package.
func (d Definition) File(pkg string) []byte {
	var b strings.Builder
	b.WriteString("package " + pkg + "\n\n")
	switch imports := d.imports(); len(imports) {
	case 0:
	case 1:
		b.WriteString("import " + quoted(imports[0]) + "\n\n")
	default:
		b.WriteString("import (\n\t" + quoted(imports[0]) + "\n\n\t" + quoted(imports[1]) + "\n)\n\n")
	}
	b.WriteString(d.Text)
	return []byte(Formatted(b.String()) + "\n")
}

// imports returns each import once. There are at most two: strings, and the
// language.
func (d Definition) imports() []string {
	var all []string
	for _, p := range []string{"strings", schemaPackage} {
		for _, i := range d.Imports {
			if i == p {
				all = append(all, p)
				break
			}
		}
	}
	return all
}

// Put puts the definition at the end of a file.
func (d Definition) Put(f *SchemaFile) error {
	if err := f.Append(d.textFor(f)); err != nil {
		return err
	}
	return d.require(f)
}

// PutInto puts it into a section of another definition.
func (d Definition) PutInto(f *SchemaFile, definition, section string) error {
	if err := f.Add(definition, section, d.textFor(f)); err != nil {
		return err
	}
	return d.require(f)
}

// textFor returns the text with the names that a file gives to packages.
func (d Definition) textFor(f *SchemaFile) string {
	text := d.Text
	for _, p := range d.imports() {
		if name := f.imported(p); name != "" && name != ownName(p) {
			text = reference.ReplaceAllStringFunc(text, func(part string) string {
				if rest, ok := strings.CutPrefix(part, ownName(p)+"."); ok {
					return name + "." + rest
				}
				return part
			})
		}
	}
	return Formatted(text)
}

// reference finds what belongs to a package, and texts in quotes, which do not.
var reference = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b\w+\.`)

func (d Definition) require(f *SchemaFile) error {
	for _, p := range d.imports() {
		if err := f.Import(p); err != nil {
			return err
		}
	}
	return nil
}

// Aggregate is a new aggregate with its first command, the event that this leads
// to, and the refusal of doing it twice.
type Aggregate struct {
	Name, Command, Event string
	Fields               []Field
	Enums                []string // the declarations of the types of fields
}

// NewAggregate returns an aggregate. taken reports names that its package has.
func NewAggregate(name, command, event string, fields []Field, taken func(string) bool) Aggregate {
	a := Aggregate{Name: name, Command: command, Event: event, Fields: fields}
	a.Enums = NameEnums(a.Fields, name, func(n string) bool { return taken(n) || n == name })
	return a
}

// Done is the field of the state that says whether the event happened. No other field
// has its name.
func (a Aggregate) Done() string {
	name := a.Event
	for slices.ContainsFunc(a.Fields, func(f Field) bool { return strings.EqualFold(f.Name, name) }) {
		name = "Is" + name
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// Refusal is the name of the refusal.
func (a Aggregate) Refusal() string { return "Already" + a.Event }

// Definition returns the aggregate as text.
func (a Aggregate) Definition() Definition {
	state := structOf(a.Fields, InState, a.Done()+": bool")
	command := structOf(a.Fields, InCommand)
	event := structOf(a.Fields, InEvent)
	thing := strings.ReplaceAll(naming.Kebab(a.Name), "-", " ")
	text := "// " + a.Name + " takes commands and records events.\n#" + a.Name + ": schema.#Aggregate & {\n" +
		"state: " + state.text + "\n\ncommand: {\n" + a.Command + ": " + command.text + "\n}\n\nevent: {\n" + a.Event + ": v1: " + event.text + "\n}\n\n" +
		"refusal: {\n" + a.Refusal() + ": {} @message(" + quoted("This "+thing+" is there already.") + ")\n}\n}"
	if len(a.Enums) > 0 {
		text += "\n\n" + strings.Join(a.Enums, "\n\n")
	}
	return Definition{text, append(append(append(command.imports, event.imports...), state.imports...), schemaPackage)}
}

// Member is a new command or event of an aggregate.
type Member struct {
	Section string // "command" or "event"
	Name    string
	Fields  []Field
}

// Definition returns the member as text.
func (m Member) Definition() Definition {
	role, name := InCommand, m.Name
	if m.Section == "event" {
		role, name = InEvent, m.Name+": v1"
	}
	p := structOf(m.Fields, role)
	return Definition{name + ": " + p.text, p.imports}
}

// View is a new view. It is the state of an aggregate, or folded from events.
type View struct {
	Name   string
	Of     string
	On     []Source
	Key    string
	Fields []Field
	Enums  []string
}

// Source has the events of one aggregate that a view folds.
type Source struct {
	Aggregate string
	Events    []string
}

// textOf returns aggregates with the names of some of their members.
func textOf(all []Source) string {
	var on []string
	for _, s := range all {
		events := make([]string, len(s.Events))
		for i, e := range s.Events {
			events[i] = quoted(e)
		}
		on = append(on, s.Aggregate+": ["+strings.Join(events, ", ")+"]")
	}
	if len(on) == 1 {
		return on[0]
	}
	return "{\n" + strings.Join(on, "\n") + "\n}"
}

// Definition returns the view as text.
func (v View) Definition() Definition {
	if v.Of != "" {
		return Definition{"// " + v.Name + " is one " + v.Of + " as everybody sees it.\n#" + v.Name + ": schema.#View & {of: " + quoted(v.Of) + "}", []string{schemaPackage}}
	}
	state := structOf(v.Fields, InState)
	text := "// " + v.Name + " is folded from events.\n#" + v.Name + ": schema.#View & {\non: " + textOf(v.On) + "\nkey: " + quoted(v.Key) + "\nstate: " + state.text + "\n}"
	if len(v.Enums) > 0 {
		text += "\n\n" + strings.Join(v.Enums, "\n\n")
	}
	return Definition{text, append(state.imports, schemaPackage)}
}

// SignalsOf returns new signals as text.
func SignalsOf(name string, fields []Field) Definition {
	p := structOf(fields, InSignal)
	return Definition{"// " + name + " is what the page keeps in the browser.\n#" + name + ": schema.#Signals & " + p.text, append(p.imports, schemaPackage)}
}

// SignalFields returns more fields for signals, one text for each.
func SignalFields(fields []Field) []Definition {
	var all []Definition
	for _, f := range fields {
		all = append(all, Definition{f.declared(InSignal), f.imports(InSignal)})
	}
	return all
}
