package add

import (
	"fmt"
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
	Generated string       // import path of the generated package
	Code      string       // import path of the hand-written package
	Package   string       // name of both
	ImportOf  func(*model.Package) string
}

// ironstartestPackage is the import path of the package for tests.
const ironstartestPackage = "ironstar.dev/ironstartest"

// Name returns the name of the test function.
func (g Given) Name() string { return "Test" + g.Command.Payload.GoName }

// File returns the text of a new test file with the test.
func (g Given) File() ([]byte, error) {
	f, err := ReadGo([]byte("package " + g.Package + "\n\nimport (\n\t\"testing\"\n\n\t\"" + ironstartestPackage + "\"\n)\n"))
	if err != nil {
		return nil, err
	}
	if err := g.put(f); err != nil {
		return nil, err
	}
	return f.Text(), nil
}

// Put adds the test to a test file. It returns ErrByHand if it knows no valid
// value of the command or event.
func (g Given) Put(f *GoFile) error {
	next, err := ReadGo(f.Text())
	if err != nil {
		return err
	}
	next.clean = f.clean
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
	var failed error
	importAs := func(importPath, name string) string {
		local, err := f.Import(importPath, name, "gen")
		if err != nil {
			failed = err
		}
		return local
	}
	importAs("testing", "testing")
	spec := importAs(ironstartestPackage, "ironstartest")
	local := importAs(g.Generated, g.Package)
	typ := g.Type
	if strings.HasSuffix(f.file.Name.Name, "_test") {
		code, err := f.Import(g.Code, path.Base(g.Code), "code")
		if err != nil {
			return err
		}
		typ = code + "." + typ
	}
	x := example{names: func(p *model.Package) string { return importAs(g.ImportOf(p), p.Name) }, uses: map[string]bool{}}
	command, ok := x.structure(g.Command.Payload)
	event, fits := "", true
	if g.Event != nil {
		event, fits = x.structure(g.event())
	}
	if !ok || !fits {
		return ErrByHand
	}
	for p := range x.uses {
		importAs(p, path.Base(p))
	}
	if failed != nil {
		return failed
	}
	spec = fmt.Sprintf("%s.For(t, %s.%s(%s{}))", spec, local, naming.AggregateConstructor.Of(g.Aggregate.Name), typ)
	values := "command := " + command + "\n"
	if g.Event != nil {
		values += "event := " + event + "\n"
	}
	return f.Append(fmt.Sprintf("func %s(t *testing.T) {\n%s}", g.Name(), indented(values+g.steps(spec, local), "\t")))
}

// steps returns what happens, with the values command and event.
func (g Given) steps(spec, local string) string {
	switch {
	case g.Event == nil:
		return spec + ".When(command).Nothing()\n"
	case g.Refusal == "":
		return spec + ".\n\tGiven(). // the events before\n\tWhen(command).\n\tRepeatable(\"two of them are two events\"). // or let it lead to nothing the second time\n\tThen(event)\n"
	}
	return "done := " + spec + ".When(command).Then(event)\ndone.When(command).Refused(" + local + "." + g.Refusal + "{})\n"
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
