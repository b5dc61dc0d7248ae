package add

import (
	"errors"
	"fmt"
	"go/ast"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Given is a test of an aggregate: given events, when a command comes, then
// events, a refusal or nothing.
type Given struct {
	Aggregate *model.Aggregate
	Command   *model.Command
	Event     *model.Event // nil: the command leads to nothing
	Refusal   string       // Go name of the refusal of the same command afterwards; "" if it may come again
	Type      string       // the hand-written type
	Value     string       // a value of it, such as Recipe{}
	Generated string       // import path of the generated package
	Code      string       // import path of the hand-written package
	Package   string       // name of both
	ImportOf  func(*model.Package) string
}

// ironstartestPackage is the import path of the package for tests.
const ironstartestPackage = "ironstar.dev/ironstartest"

// Name returns the name of the test function.
func (g Given) Name() string { return "Test" + g.Command.Payload.GoName }

// NewFile returns the text of a test file in which no test is yet.
func (g Given) NewFile() []byte {
	return []byte("package " + g.Package + "\n\nimport (\n\t\"testing\"\n\n\t\"" + ironstartestPackage + "\"\n)\n")
}

// Put adds the test to a test file. It returns ErrByHand if it knows no valid
// value of the command or event, or if the test is there.
func (g Given) Put(f *GoFile) error {
	next, err := ReadGo(f.Text())
	if err != nil {
		return err
	}
	next.beside = f.beside
	if err := g.put(next); err != nil {
		return err
	}
	*f = *next
	return nil
}

func (g Given) put(f *GoFile) error {
	if f.Declares(g.Name()) {
		return ErrByHand
	}
	in := &importer{file: f}
	x := example{names: func(p *model.Package) string { return in.name(g.ImportOf(p), nameInTest(p)) }, std: in.name}
	command, ok := x.structure(g.Command.Payload)
	event, fits := "", true
	if g.Event != nil {
		event, fits = x.structure(g.event())
	}
	if !ok || !fits {
		return ErrByHand
	}
	testing, local := in.name("testing", "testing"), in.name(g.Generated, nameInTest(g.Aggregate.Package))
	spec, value := in.name(ironstartestPackage, "ironstartest"), g.Value
	if strings.HasSuffix(f.file.Name.Name, "_test") {
		code, err := f.Import(g.Code, path.Base(g.Code), "code")
		in.err = errors.Join(in.err, err)
		value = strings.ReplaceAll(value, g.Type, code+"."+g.Type)
	}
	if in.err != nil {
		return in.err
	}
	v := variables{f.variable("t"), f.variable("command"), f.variable("event"), f.variable("done")}
	spec = fmt.Sprintf("%s.For(%s, %s.%s(%s))", spec, v.t, local, naming.AggregateConstructor.Of(g.Aggregate.Name), value)
	values := v.command + " := " + command + "\n"
	if g.Event != nil {
		values += v.event + " := " + event + "\n"
	}
	return f.Append(fmt.Sprintf("func %s(%s *%s.T) {\n%s}", g.Name(), v.t, testing, indented(values+g.steps(spec, local, v), "\t")))
}

// variables are the names of a test's variables.
type variables struct{ t, command, event, done string }

// variable returns a name for a variable that hides no import.
func (f *GoFile) variable(name string) string {
	if slices.ContainsFunc(f.file.Imports, func(i *ast.ImportSpec) bool { return importName(i) == name }) {
		return "the" + naming.Exported(name)
	}
	return name
}

// nameInTest returns the name of a generated package that nothing else in a test has.
func nameInTest(p *model.Package) string {
	return naming.Imports([]*model.Package{p}, "testing", "ironstartest", "ironstar", "time", "t", "command", "event", "done")[p]
}

// importer adds imports until one fails.
type importer struct {
	file *GoFile
	err  error
}

func (i *importer) name(importPath, name string) string {
	local, err := i.file.Import(importPath, name, "gen")
	i.err = errors.Join(i.err, err)
	return local
}

// steps returns what happens, with the values command and event.
func (g Given) steps(spec, local string, v variables) string {
	switch {
	case g.Event == nil:
		return spec + ".When(" + v.command + ").Nothing()\n"
	case g.Refusal == "":
		return spec + ".\n\tGiven(). // the events before\n\tWhen(" + v.command + ").\n\tRepeatable(\"two of them are two events\"). // or let it lead to nothing the second time\n\tThen(" + v.event + ")\n"
	}
	return fmt.Sprintf("%s := %s.When(%s).Then(%s)\n%[1]s.When(%[3]s).Refused(", v.done, spec, v.command, v.event) + local + "." + g.Refusal + "{})\n"
}

// event returns the event's payload, with the fields of the command where these
// have the same names, so that both get the same values.
func (g Given) event() *model.Named {
	payload := *g.Event.Versions[len(g.Event.Versions)-1].Payload
	t := *payload.Type
	t.Fields = slices.Clone(t.Fields)
	for i, f := range t.Fields {
		for _, c := range g.Command.Payload.Type.Fields {
			if f.Const == nil && c.InCUE() == f.InCUE() {
				same := *f
				same.Type = c.Type
				t.Fields[i] = &same
			}
		}
	}
	payload.Type = &t
	return &payload
}
