package add

import (
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Process is a new process.
type Process struct {
	Name   string
	On     []Source
	Key    string
	Fields []Field // of its state; none: it remembers nothing
	Enums  []string
	Timers []string
	Sends  []Source // commands, in place of events
}

// Definition returns the process as text.
func (p Process) Definition() Definition {
	lines := []string{"on: " + textOf(p.On), "key: " + quoted(p.Key)}
	imports := []string{schemaPackage}
	if len(p.Fields) > 0 {
		state := structOf(p.Fields, InState)
		lines = append(lines, "state: "+state.text)
		imports = append(state.imports, imports...)
	}
	if len(p.Timers) > 0 {
		lines = append(lines, "timer: {\n"+strings.Join(p.Timers, ": {}\n")+": {}\n}")
	}
	if len(p.Sends) > 0 {
		lines = append(lines, "sends: "+textOf(p.Sends))
	}
	text := "// " + p.Name + " reacts to events.\n#" + p.Name + ": schema.#Process & {\n" + strings.Join(lines, "\n") + "\n}"
	if len(p.Enums) > 0 {
		text += "\n\n" + strings.Join(p.Enums, "\n\n")
	}
	return Definition{text, imports}
}

// React sets what a process does: its first event sets its first timer, for a day
// later, and the timer sends its first command. Without a timer the event sends it. A
// command that needs fields, or is of another stream than the key, is left to people.
func (b Bodies) React(p *model.Process) {
	for i, on := range p.On {
		for j, e := range on.Events {
			var lines []string
			if p.State != nil {
				lines = Folded(e.Versions[len(e.Versions)-1].Payload.Type, p.State.Underlying())
			}
			actions := "nil"
			if i == 0 && j == 0 {
				actions = firstAction(p, gen)
				if actions == "nil" {
					lines = append(lines, exampleOfSend(p)...)
				}
			}
			if p.State != nil {
				actions = "s, " + actions
			}
			b[p.Name+"."+naming.React(on.Aggregate, e)] = strings.Join(append(lines, "return "+actions), "\n")
		}
	}
	if len(p.Timers) == 0 {
		return
	}
	due := strings.Join(append(exampleOfSend(p), "return nil"), "\n")
	if to := sentByTimer(p); to != "" {
		due = "return " + actionsOf(p, gen, to+"To: key}")
	}
	b[p.Name+"."+naming.Due.Of(p.Timers[0].Name)] = due
}

// exampleOfSend is a comment that shows how the first command is sent.
func exampleOfSend(p *model.Process) []string {
	if len(p.Sends) == 0 {
		return nil
	}
	a, c := p.Sends[0].Aggregate, p.Sends[0].Commands[0]
	return []string{"// Such as " + actionsOf(p, gen, gen+naming.SendCommand(p, a, c)+"{To: id, Command: "+gen+c.Payload.GoName+"{…}}") + "."}
}

// firstAction returns what the first event leads to. pkg is what stands before names of
// the generated package.
func firstAction(p *model.Process, pkg string) string {
	if len(p.Timers) > 0 {
		return actionsOf(p, pkg, pkg+naming.SetTimer(p, p.Timers[0])+"{At: r.RecordedAt.AddDate(0, 0, 1)}")
	}
	if c := simpleCommand(p); c != nil {
		return actionsOf(p, pkg, pkg+naming.SendCommand(p, c.Aggregate, c.Command)+"{To: r.Stream.ID}")
	}
	return "nil"
}

func actionsOf(p *model.Process, pkg, action string) string {
	return "[]" + pkg + naming.ProcessAction.Of(p.Name) + "{" + action + "}"
}

// sentByTimer returns the beginning of what the first timer leads to, or "".
func sentByTimer(p *model.Process) string {
	c := simpleCommand(p)
	if c == nil || len(p.Timers) == 0 || p.Key != "stream" {
		return ""
	}
	return gen + naming.SendCommand(p, c.Aggregate, c.Command) + "{"
}

// simpleCommand returns the first command, if it needs no fields, and its stream is that
// of the first event.
func simpleCommand(p *model.Process) *model.CommandOf {
	if len(p.Sends) == 0 || p.Sends[0].Aggregate != p.On[0].Aggregate {
		return nil
	}
	c := p.Sends[0].Commands[0]
	for _, f := range c.Payload.Type.Fields {
		if f.Const == nil && f.Required() && f.Inject == model.InjectNone {
			return nil
		}
	}
	return &model.CommandOf{Aggregate: p.Sends[0].Aggregate, Command: c}
}
