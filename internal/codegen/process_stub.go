package codegen

import (
	"fmt"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// processMethods lists the hand-written methods of a process. Those of its effects are
// not among them, because they are not pure and belong elsewhere.
func processMethods(names importNames, p *model.Process) []Method {
	pkg := names[p.Package]
	methods := []Method{source(p.Name)}
	if p.State != nil {
		methods = append(methods, names.initial(p.Name, "key string", p.State))
	}
	actions := "[]" + pkg + "." + naming.ProcessAction.Of(p.Name)
	for _, on := range p.On {
		for _, e := range on.Events {
			name := naming.React(on.Aggregate, e)
			doc := name + " returns what is to be done after " + e.Name + " of " + on.Aggregate.Name + "."
			event := pkg + "." + current(e).GoName
			if p.State == nil {
				methods = append(methods, handWritten(p.Name, name, wrap(doc), fmt.Sprintf("(e %s, r *ironstar.Record) %s", event, actions), "return nil"))
				continue
			}
			state := names.written(p.State)
			methods = append(methods, handWritten(p.Name, name, wrap(doc+" It folds the event into the state, too."),
				fmt.Sprintf("(s %s, e %s, r *ironstar.Record) (%s, %s)", state, event, state, actions), "return s, nil"))
		}
	}
	for _, t := range p.Timers {
		name := naming.Due.Of(t.Name)
		methods = append(methods, handWritten(p.Name, name, document(t.Doc, t.Name, name, name+" returns what is to be done when the timer is due."),
			"("+strings.Join(names.withState(p, "key string", "t "+pkg+"."+t.Payload.GoName), ", ")+") "+actions, "return nil"))
	}
	for _, r := range p.Refused {
		name := naming.Refused(r)
		methods = append(methods, handWritten(p.Name, name, wrap(name+" returns what is to be done when "+r.Command.Name+" of "+r.Aggregate.Name+" was refused."),
			"("+strings.Join(names.withState(p, "key string", "c "+pkg+"."+naming.SendCommand(p, r.Aggregate, r.Command), "r "+pkg+"."+naming.RefusalSum.Of(r.Aggregate.Name)), ", ")+") "+actions, "return nil"))
	}
	return methods
}

// withState adds the state to parameters, after the first.
func (names importNames) withState(p *model.Process, key string, rest ...string) []string {
	params := []string{key}
	if p.State != nil {
		params = append(params, "s "+names.written(p.State))
	}
	return append(params, rest...)
}
