package add

import (
	"regexp"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Bodies has the statements of hand-written methods: type, a point and method, to
// the text. Generated types have the package name gen.
type Bodies map[string]string

const gen = "gen."

// Decide sets how a command is decided: it leads to an event, and, with done, only
// once. It returns the fields of the event that nothing sets.
func (b Bodies) Decide(a *model.Aggregate, c *model.Command, e *model.Event, done, refusal string) (unset []*model.Field) {
	key := a.Name + "." + naming.Decide.Of(c.Name)
	if e == nil {
		b[key] = "return nil, nil"
		return nil
	}
	payload := e.Versions[len(e.Versions)-1].Payload
	set, unset := Assigned(c.Payload.Type, payload.Type, "c")
	text := ""
	if refusal != "" {
		text = "if s." + done + " {\n\treturn nil, " + gen + refusal + "{}\n}\n"
	}
	b[key] = text + "return []" + gen + naming.EventSum.Of(a.Name) + "{" + gen + payload.GoName + literal(set) + "}, nil"
	return unset
}

// Evolve sets how an event changes the state of an aggregate.
func (b Bodies) Evolve(a *model.Aggregate, e *model.Event, first ...string) {
	lines := append(first, Folded(e.Versions[len(e.Versions)-1].Payload.Type, a.State.Underlying())...)
	b[a.Name+"."+naming.Evolve.Of(e.Name)] = strings.Join(append(lines, "return s"), "\n")
}

// Fold sets how a view folds its events.
func (b Bodies) Fold(v *model.View) {
	for _, on := range v.On {
		for _, e := range on.Events {
			lines := Folded(e.Versions[len(e.Versions)-1].Payload.Type, v.State.Underlying())
			b[v.Name+"."+naming.ViewEvolve(on.Aggregate, e)] = strings.Join(append(lines, "return s"), "\n")
		}
	}
}

// Method returns the text of a method with its body, if there is one. local is the
// name of the generated package in the text.
func (b Bodies) Method(typ, name, source, local string) string {
	body, ok := b[typ+"."+name]
	if !ok {
		return source
	}
	open := strings.Index(source, " {\n")
	if open < 0 {
		return source
	}
	body = strings.ReplaceAll(body, gen, local+".")
	return source[:open] + " {\n" + indented(body, "\t") + "\n}\n"
}

// Renamed replaces the name of a package before its names in Go text.
func Renamed(text, from, to string) string {
	if from == to {
		return text
	}
	return regexp.MustCompile(`\b`+regexp.QuoteMeta(from)+`\.`).ReplaceAllString(text, to+".")
}
