package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/literal"

	"ironstar.dev/internal/model"
)

// pendingIn is an @in(…), or the part of @reads(…) that says the same. Its names are
// found when all aggregates have been read.
type pendingIn struct {
	what      string           // for messages: "command Bid"
	state     *model.Aggregate // whose state it is
	refuses   *model.Aggregate // whose refusal it names; nil for an event
	cases     []string
	otherwise string
	at        model.Pos
	set       func(*model.In)
}

// in keeps an @in(…) of a command or an event.
func (r *reader) in(v cue.Value, p pendingIn) {
	for _, a := range v.Attributes(cue.ValueAttr) {
		if a.Name() != "in" {
			continue
		}
		p := p
		p.at = r.attributePos(v, a)
		for i := range a.NumArgs() {
			switch key, value := a.Arg(i); {
			case key == "else" && value != "" && p.otherwise == "":
				p.otherwise = strings.TrimSpace(value)
			case value != "":
				r.problems.add(codeIn, p.at, "write @in(open, else=NotOpen)", "@in has no %q", oneLine(a.RawArg(i)))
			case strings.TrimSpace(a.RawArg(i)) != "":
				p.cases = append(p.cases, caseIn(a, i))
			}
		}
		r.ins = append(r.ins, p)
	}
}

// readsIn reads @reads(Bidder, in=registered, else=NotRegistered) but for its first
// argument.
func (r *reader) readsIn(a cue.Attribute, at model.Pos) pendingIn {
	p := pendingIn{what: "@reads", at: at}
	for i := 1; i < a.NumArgs(); i++ {
		switch key, value := a.Arg(i); {
		case key == "in" && value != "":
			p.cases = append(p.cases, strings.TrimSpace(value))
		case key == "else" && value != "" && p.otherwise == "":
			p.otherwise = strings.TrimSpace(value)
		default:
			r.problems.add(codeReads, at, "write @reads(Bidder), or @reads(Bidder, in=registered, else=NotRegistered)", "@reads has no %q", oneLine(a.RawArg(i)))
		}
	}
	return p
}

// caseIn returns the name of a case, which is quoted if it has signs of its own:
// @in("on sale").
func caseIn(a cue.Attribute, i int) string {
	raw := strings.TrimSpace(a.RawArg(i))
	if name, err := literal.Unquote(raw); err == nil {
		return name
	}
	return raw
}

// firstArgument returns what an attribute says first: Bidder in @reads(Bidder, in=…).
func firstArgument(a cue.Attribute) string {
	if a.NumArgs() == 0 {
		return ""
	}
	return strings.TrimSpace(a.RawArg(0))
}

// finishIn finds the cases and refusals that commands, events and @reads name.
func (r *schemaReader) finishIn() {
	for i, p := range r.ins {
		again := func(q pendingIn) bool { return q.what == p.what && p.what != "@reads" && q.state == p.state }
		if slices.ContainsFunc(r.ins[:i], again) {
			r.problems.add(codeIn, p.at, "name all cases in one @in", "%s has two @in", p.what)
			continue
		}
		r.resolve(p)
	}
}

func (r *schemaReader) resolve(p pendingIn) {
	sum := p.state.State.Underlying()
	before := len(r.problems.errs)
	switch {
	case sum.Kind != model.Sum:
		r.problems.add(codeIn, p.at, `write state: {is: "draft", …} | {is: "open", …}`, "%s: the state of %s has no cases, because it is no union", p.what, p.state.Name)
		return
	case len(p.cases) == 0:
		r.problems.add(codeIn, p.at, "name one of "+list(tagsOf(sum)), "%s names no case of the state", p.what)
	case p.refuses == nil && p.otherwise != "":
		r.problems.add(codeIn, p.at, "take away else="+p.otherwise, "%s: an event happened, so nothing refuses it: in another case it changes nothing", p.what)
	case p.refuses != nil && p.otherwise == "":
		r.problems.add(codeIn, p.at, "add else=NotOpen, with a refusal of the aggregate", "%s does not say how the command is refused in another case", p.what)
	}
	in := &model.In{Pos: p.at}
	for _, name := range p.cases {
		if arm := r.caseOf(sum, name, p); slices.Contains(in.Cases, arm) {
			r.problems.add(codeIn, p.at, "name it once", "%s names case %q twice", p.what, name)
		} else if arm != nil {
			in.Cases = append(in.Cases, arm)
		}
	}
	if p.refuses != nil && p.otherwise != "" {
		in.Else = r.refusalOf(p)
	}
	if len(r.problems.errs) == before {
		p.set(in)
	}
}

// caseOf finds a case of a state by its name.
func (r *schemaReader) caseOf(sum *model.Type, name string, p pendingIn) *model.Named {
	all := tagsOf(sum)
	i := slices.Index(all, name)
	if i < 0 {
		hint := nearest(name, all, "did you mean %q?")
		if hint == "" {
			hint = "there is " + list(all)
		}
		r.problems.add(codeIn, p.at, hint, "%s: the state of %s has no case %q", p.what, p.state.Name, name)
		return nil
	}
	return sum.Arms[i]
}

// refusalOf finds the refusal of a command in other cases. It has no fields, because
// generated code does not know what to put into them.
func (r *schemaReader) refusalOf(p pendingIn) *model.Refusal {
	var names []string
	for _, f := range p.refuses.Refusals {
		if f.Name != p.otherwise {
			names = append(names, f.Name)
			continue
		}
		if len(f.Payload.Type.Fields) > 0 {
			r.problems.addAlso(codeIn, p.at, []model.Pos{f.Pos}, "name a refusal without fields", "%s: refusal %s has fields, and nobody knows what to put into them", p.what, f.Name)
		}
		return f
	}
	hint := nearest(p.otherwise, names, "did you mean %q?")
	if hint == "" {
		hint = "write refusal: " + p.otherwise + `: {} @message("…")`
	}
	r.problems.add(codeIn, p.at, hint, "%s: %s has no refusal %q", p.what, p.refuses.Name, p.otherwise)
	return nil
}

// tagsOf lists the values that distinguish the cases of a union.
func tagsOf(sum *model.Type) (names []string) {
	for _, arm := range sum.Arms {
		names = append(names, sum.TagOf(arm))
	}
	return names
}
