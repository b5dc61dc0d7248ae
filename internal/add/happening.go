package add

import (
	"fmt"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Happening is the first test of a process: when its first event happens, then what
// Bodies.React has put into its code.
type Happening struct {
	Process   *model.Process
	Value     string // a value of its hand-written type, such as Closer{}
	Aggregate string // the same of the first aggregate
	Generated string // import path of the generated package
	Package   string // name of both
	ImportOf  func(*model.Package) string
}

// Name returns the name of the test function.
func (h Happening) Name() string { return "Test" + h.Process.Name }

// NewFile returns the text of a test file in which no test is yet.
func (h Happening) NewFile() []byte { return Given{Package: h.Package}.NewFile() }

// Put adds the test to a new test file. It returns ErrByHand if it knows no valid value of
// the event, or if the test is there.
func (h Happening) Put(f *GoFile) error {
	if f.Declares(h.Name()) {
		return ErrByHand
	}
	p := h.Process
	on := p.On[0]
	in := &importer{file: f}
	x := example{names: func(p *model.Package) string { return in.name(h.ImportOf(p), nameInTest(p)) }, std: in.name}
	event, ok := x.structure(on.Events[0].Versions[len(on.Events[0].Versions)-1].Payload)
	if !ok {
		return ErrByHand
	}
	testing, local := in.name("testing", "testing"), in.name(h.Generated, nameInTest(p.Package))
	spec := in.name(ironstartestPackage, "ironstartest")
	if in.err != nil {
		return in.err
	}
	t, happened, process := f.variable("t"), f.variable("happened"), f.variable("process")
	code := h.Value
	if len(p.Effects) > 0 {
		code += ", nil"
	}
	aggregate := fmt.Sprintf("%s.%s(%s)", local, naming.AggregateConstructor.Of(on.Aggregate.Name), h.Aggregate)
	constructed := fmt.Sprintf("%s.%s(%s)", local, naming.ProcessConstructor.Of(p.Name), code)
	text := fmt.Sprintf("func %s(%s *%s.T) {\n", h.Name(), t, testing) +
		fmt.Sprintf("\t%s := %s.StreamOf(%s, \"one\")\n", happened, spec, aggregate) +
		fmt.Sprintf("\t%s := %s.ForProcess(%s, %s)\n", process, spec, t, constructed) +
		h.steps(f, process, process+".When("+happened+"("+event+"))", local+".")
	return f.Append(text + "}\n")
}

// steps returns what the event leads to.
func (h Happening) steps(f *GoFile, process, when, pkg string) string {
	p := h.Process
	c := simpleCommand(p)
	send := ""
	if c != nil {
		send = ".Then(" + pkg + naming.SendCommand(p, c.Aggregate, c.Command) + "{To: \"one\"})"
	}
	if len(p.Timers) == 0 {
		if c == nil {
			send = ".Nothing()"
		}
		return "\t" + when + send + "\n"
	}
	if sentByTimer(p) == "" {
		send = ".Nothing()"
	}
	due, waits := f.variable("due"), f.variable("waits")
	return fmt.Sprintf("\t%s := %s.Now().AddDate(0, 0, 1)\n", due, process) +
		fmt.Sprintf("\t%s := %s.Then(%s%s{At: %s})\n", waits, when, pkg, naming.SetTimer(p, p.Timers[0]), due) +
		fmt.Sprintf("\t%s.Until(%s)%s\n", waits, due, send)
}
