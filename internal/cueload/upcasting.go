package cueload

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/upcast"
)

// evolving is an aggregate whose upcasters are compiled when all types are
// known.
type evolving struct {
	aggregate *model.Aggregate
	*definition
}

// upcasts compiles the steps of an aggregate's events and those of its retired
// events. All its payloads have been read before.
func (r *reader) upcasts(a *model.Aggregate, d *definition) {
	before := len(r.problems.errs)
	defer func() {
		if len(r.problems.errs) == before { // our errors have better messages than CUE's
			r.reportRemaining(d.key.pkg, d.key.name+".")
		}
	}()
	for _, e := range a.Events {
		r.chain(d, "event", e.Name, e.Versions)
	}
	for _, e := range a.Retired {
		r.chain(d, "retired", e.Name, e.Versions)
		if i := slices.IndexFunc(a.Events, func(x *model.Event) bool { return x.Name == e.Name }); i >= 0 {
			r.problems.addAlso(codeBecomes, e.Pos, []model.Pos{a.Events[i].Pos}, "give the new event another name", "event %s is retired: stored ones would be read as the new one", e.Name)
		}
		if len(e.Versions) > 0 {
			r.becomes(a, d, e)
		}
	}
	r.cycles(a)
}

// chain compiles the steps between the versions of one event.
func (r *reader) chain(d *definition, section, name string, versions []*model.EventVersion) {
	path := d.key.name + "." + section + "." + name + "."
	for i, v := range versions {
		if i == 0 {
			continue
		}
		n := strconv.Itoa(v.Version)
		texts := r.loader.steps[d.key.pkg].texts[path+"toV"+n]
		at := v.Pos
		if len(texts) > 0 {
			at = pos(texts[0].Expr)
		}
		step := r.step(d, name, "toV"+n, versions[i-1], v.Payload)
		step.Method = "Upcast" + naming.Exported(name) + "ToV" + n
		v.Upcast = r.compile(step, texts, at)
		r.unify(d, path+"v"+n, path+"toV"+n)
	}
}

func (r *reader) step(d *definition, event, label string, from *model.EventVersion, to *model.Named) upcast.Step {
	return upcast.Step{
		Event: event, Label: label, Source: versionName(from.Version), From: from.Payload, To: to,
		Constant: func(name string) (ast.Expr, bool) { return r.constantSyntax(d.key.pkg, name) },
		Nearest:  func(wrote string, names []string) string { return nearest(wrote, names, "did you mean %s?") },
	}
}

var upcastCodes = map[upcast.Kind]string{
	upcast.Name: codeUpcastName, upcast.Form: codeUpcastForm, upcast.Type: codeUpcastType,
	upcast.Nowhere: codeUpcastNowhere, upcast.Absent: codeUpcastAbsent,
}

// compile compiles a step. If it has errors, compile reports them and returns
// nil.
func (r *reader) compile(s upcast.Step, texts []upcast.Text, at model.Pos) *model.Upcast {
	up, problems := upcast.Compile(s, texts, at)
	for _, p := range problems {
		r.problems.add(upcastCodes[p.Kind], p.Pos, p.Hint, "%s", p.Message)
	}
	if len(problems) > 0 {
		return nil
	}
	return up
}

// constantSyntax returns the value of a hidden field at the top of a package,
// if that is complete.
func (r *reader) constantSyntax(pkg, name string) (ast.Expr, bool) {
	if !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, "#") {
		return nil, false
	}
	var v cue.Value
	for iter, _ := r.values[pkg].Fields(cue.Hidden(true), cue.Definitions(true)); iter.Next(); {
		if iter.Selector().String() == name {
			v = iter.Value()
		}
	}
	if !v.Exists() || v.Validate(cue.Concrete(true)) != nil {
		return nil, false
	}
	e, ok := v.Syntax(cue.Final(), cue.Concrete(true)).(ast.Expr)
	return e, ok
}

// unify lets CUE check whether the result of a step can be a payload, for
// example whether constants are within bounds.
func (r *reader) unify(d *definition, payload, step string) {
	root := r.values[d.key.pkg]
	made := root.LookupPath(cue.ParsePath(step))
	if !made.Exists() || made.Err() != nil {
		return
	}
	err := root.LookupPath(cue.ParsePath(payload)).Unify(made).Validate()
	if err == nil {
		return
	}
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		format, args := e.Msg()
		if format == "field not allowed" { // an old struct is closed to the fields of the new one, and compiling has compared them
			continue
		}
		out := r.problems.placed(e, &Error{})
		path, _ := stepPath(strings.Split(step, "."))
		r.loader.said = append(r.loader.said, stepError{defKey{d.key.pkg, path}, out.Pos, out.Also, oneLine(fmt.Sprintf(format, args...))})
	}
}

// stepError is an error of CUE in an upcaster.
type stepError struct {
	step defKey // package, and the path of the step
	pos  model.Pos
	also []model.Pos
	said string
}

// stepPath returns the step that a path is inside: #List.event.Added.toV2.
func stepPath(path []string) (string, bool) {
	if len(path) < 4 || path[1] != "event" && path[1] != "retired" {
		return "", false
	}
	label, _, _ := strings.Cut(path[3], "[")
	if !isStep(label) && label != "becomes" {
		return "", false
	}
	return strings.Join(path[:3], ".") + "." + label, true
}

// reportRemaining reports CUE's errors in the steps of a package whose paths have a
// prefix, at their positions in the step. If pkg is "", it reports those of all
// packages.
func (r *schemaReader) reportRemaining(pkg, prefix string) {
	for _, e := range r.loader.said {
		if !strings.HasPrefix(e.step.name, prefix) || pkg != "" && e.step.pkg != pkg {
			continue
		}
		at := e.pos
		for _, p := range append([]model.Pos{e.pos}, e.also...) {
			for _, t := range r.loader.steps[e.step.pkg].texts[e.step.name] {
				if begin, end := pos(t.Expr), posOf(t.Expr.End()); p.File == begin.File && comparePos(p, begin) >= 0 && comparePos(p, end) <= 0 {
					at = p
				}
			}
		}
		r.problems.add(codeUpcastType, at, "", "this cannot be: %s", e.said)
	}
}

// becomes compiles the parts that a retired event becomes.
func (r *reader) becomes(a *model.Aggregate, d *definition, e *model.Retired) {
	path := d.key.name + ".retired." + e.Name + ".becomes"
	texts := r.loader.steps[d.key.pkg].texts[path]
	switch {
	case len(texts) == 0:
		r.problems.add(codeBecomes, e.Pos, "write becomes: [{\"Name.v1\": {…}}], or becomes: [] to forget it", "retired event %s does not say what it becomes", e.Name)
		return
	case len(texts) > 1:
		r.problems.add(codeBecomes, pos(texts[1].Expr), "say it once", "retired event %s says twice what it becomes", e.Name)
		return
	case isHandWritten(texts[0].Attrs):
		e.Hand = "Upcast" + naming.Exported(e.Name)
		return
	}
	list, ok := texts[0].Expr.(*ast.ListLit)
	if !ok {
		r.problems.add(codeBecomes, pos(texts[0].Expr), "write becomes: [{\"Name.v1\": {…}}], or _ @go(func)", "what becomes of an event is a list")
		return
	}
	for i, elt := range list.Elts {
		if p := r.part(a, d, e, i, elt, texts[0].Imports); p != nil {
			e.Becomes = append(e.Becomes, p)
		}
	}
}

func isHandWritten(attrs []*ast.Attribute) bool {
	return slices.ContainsFunc(attrs, func(a *ast.Attribute) bool {
		name, body := a.Split()
		return name == "go" && body == "func"
	})
}

// part compiles {"LineAdded.v2": {…}}.
func (r *reader) part(a *model.Aggregate, d *definition, e *model.Retired, i int, elt ast.Expr, imports map[string]string) *model.Part {
	at := pos(elt)
	bad := func(hint, format string, args ...any) *model.Part {
		r.problems.add(codeBecomes, at, hint, format, args...)
		return nil
	}
	lit, ok := elt.(*ast.StructLit)
	if !ok || len(lit.Elts) != 1 {
		return bad(`write {"Name.v1": {…}}`, "each part is one event with its version")
	}
	field, ok := lit.Elts[0].(*ast.Field)
	if !ok || field.Constraint != token.ILLEGAL {
		return bad(`write {"Name.v1": {…}}`, "each part is one event with its version")
	}
	label, _, err := ast.LabelName(field.Label)
	at = pos(field.Label)
	event, part, ok := strings.Cut(label, ".")
	version, step := versionOf(part)
	if err != nil || !ok || step || version < 1 {
		return bad(`write {"Name.v1": {…}}`, "each part is one event with its version")
	}
	out := &model.Part{Pos: at, Version: version}
	var versions []*model.EventVersion
	var names []string
	for _, x := range a.Events {
		names = append(names, x.Name)
		if x.Name == event {
			out.Event, versions = x, x.Versions
		}
	}
	for _, x := range a.Retired {
		names = append(names, x.Name)
		if x.Name == event && out.Event == nil {
			out.Retired, versions = x, x.Versions
		}
	}
	switch {
	case out.Event == nil && out.Retired == nil:
		return bad(nearest(event, names, "did you mean %s?"), "%s has no event %s", a.Name, event)
	case version > len(versions):
		return bad("it has v1 to v"+strconv.Itoa(len(versions)), "event %s has no %s", event, part)
	}
	last := e.Versions[len(e.Versions)-1]
	s := r.step(d, event, "becomes", last, versions[version-1].Payload)
	s.Method = "Upcast" + naming.Exported(e.Name) + "Part" + strconv.Itoa(i+1)
	out.Upcast = r.compile(s, []upcast.Text{{Expr: field.Value, Attrs: field.Attrs, Imports: imports}}, at)
	r.unify(d, d.key.name+"."+sectionOf(out)+"."+event+"."+part, d.key.name+".retired."+e.Name+".becomes["+strconv.Itoa(i)+"]."+strconv.Quote(label))
	return out
}

func sectionOf(p *model.Part) string {
	if p.Retired != nil {
		return "retired"
	}
	return "event"
}

// cycles finds retired events that become themselves, directly or through
// others.
func (r *reader) cycles(a *model.Aggregate) {
	state := map[*model.Retired]int{}
	var visit func(e *model.Retired) bool
	visit = func(e *model.Retired) bool {
		if state[e] != 0 {
			return state[e] == 1
		}
		state[e] = 1
		defer func() { state[e] = 2 }()
		for _, p := range e.Becomes {
			if p.Retired != nil && visit(p.Retired) {
				r.problems.add(codeBecomes, p.Pos, "let one of them become an event that is in use", "retired event %s becomes itself, by way of %s", e.Name, p.Retired.Name)
				return false
			}
		}
		return false
	}
	for _, e := range a.Retired {
		visit(e)
	}
}
