package codegen

import (
	"fmt"
	"slices"

	"ironstar.dev/internal/model"
	encoding "ironstar.dev/wire"
)

// need is a set of functions that a type needs.
type need uint8

const (
	needDecode need = 1 << iota // a function that reads it
	needAppend                  // a function that writes it
	needCheck                   // a function that checks its constraints
	needHide                    // a function that leaves out its secrets
)

// plan has the facts about the whole schema that the generator needs.
type plan struct {
	needs       map[*model.Named]need
	hooks       map[*model.Named]need       // functions that other packages need
	constrained map[*model.Named]bool       // types that need a check
	secrets     map[*model.Named]bool       // types that have secrets; see hide.go
	shared      map[functionOf]*model.Named // types whose functions others use; see codec
	arms        map[*model.Named][]*model.Named
}

func newPlan(s *model.Schema) (*plan, error) {
	p := &plan{
		needs:       map[*model.Named]need{},
		hooks:       map[*model.Named]need{},
		constrained: map[*model.Named]bool{},
		secrets:     map[*model.Named]bool{},
		shared:      map[functionOf]*model.Named{},
		arms:        map[*model.Named][]*model.Named{},
	}
	var all []*model.Named
	for _, pkg := range s.Packages {
		all = append(all, namedIn(pkg)...)
	}
	for _, n := range all {
		if err := p.possible(n); err != nil {
			return nil, err
		}
	}
	for changed := true; changed; {
		changed = false
		for _, n := range all {
			if !p.constrained[n] && p.hasChecks(n.Type) {
				p.constrained[n], changed = true, true
			}
		}
	}
	p.findSecrets(all)
	for _, pkg := range s.Packages {
		p.usesOf(pkg)
	}
	for _, pkg := range s.Packages {
		for _, a := range pkg.Aggregates {
			p.share(a)
		}
	}
	return p, nil
}

// usesOf finds the functions that the types in a package's payloads need.
func (p *plan) usesOf(pkg *model.Package) {
	for _, a := range pkg.Aggregates {
		for _, c := range a.Commands {
			p.use(c.Payload, pkg, needDecode|needCheck)
			for _, f := range formed(c.Payload) {
				if needsEncode(f.Type) && !c.Internal {
					p.useParts(f.Type, pkg, needAppend) // forms show values
				}
			}
		}
		for _, e := range a.Events {
			p.useVersions(e.Versions, pkg)
			p.use(current(e), pkg, needDecode|needAppend|needCheck)
		}
		for _, e := range a.Retired {
			p.useVersions(e.Versions, pkg)
		}
		for _, r := range a.Refusals {
			p.use(r.Payload, pkg, needAppend)
		}
		p.use(goNamed(a.State), pkg, needDecode|needAppend)
		p.useParts(a.ID, pkg, needDecode|needCheck)
	}
	for _, q := range pkg.Queries {
		p.usesOfQuery(q, pkg)
	}
	for _, v := range pkg.Views {
		p.usesOfView(v, pkg)
	}
	for _, s := range pkg.Signals {
		p.use(s.Payload, pkg, needDecode|needCheck)
	}
	for _, process := range pkg.Processes {
		p.usesOfProcess(process, pkg)
	}
}

func (p *plan) usesOfView(v *model.View, pkg *model.Package) {
	if v.Of == nil && v.Shows == nil {
		p.use(goNamed(v.State), pkg, needDecode|needAppend)
	}
	if v.Shows == nil && (v.List == nil || v.List.More != nil) {
		p.use(goNamed(viewState(v)), pkg, needHide)
	}
	for _, on := range v.On {
		for _, e := range on.Events {
			p.use(current(e), pkg, needHide)
		}
	}
	if v.List != nil {
		p.use(v.List.Row, pkg, needAppend)
		if slices.ContainsFunc(v.List.Row.Type.Fields, shares) {
			p.use(v.List.Row, pkg, needDecode)
		}
	}
	if v.Param != nil {
		p.use(v.Param, pkg, needDecode|needCheck)
	}
}

func (p *plan) usesOfQuery(q *model.Query, pkg *model.Package) {
	for _, on := range q.On {
		for _, e := range on.Events {
			p.use(current(e), pkg, needHide)
		}
	}
	p.use(q.Row, pkg, needAppend)
	if q.Param != nil {
		p.use(q.Param, pkg, needDecode|needCheck)
	}
}

func (p *plan) usesOfProcess(process *model.Process, pkg *model.Package) {
	for _, t := range process.Timers {
		p.use(t.Payload, pkg, needDecode|needAppend|needCheck)
	}
	for _, e := range process.Effects {
		p.use(e.Payload, pkg, needDecode|needAppend|needCheck)
	}
	for _, c := range process.Commands() {
		p.use(c.Command.Payload, pkg, needAppend)
	}
	if process.State != nil {
		p.use(goNamed(process.State), pkg, needDecode|needAppend)
	}
}

// useVersions finds the functions that older versions need. Code reads them, and
// tests write them to compare steps. Nothing checks their bounds, because the event
// satisfied them when it was stored.
func (p *plan) useVersions(versions []*model.EventVersion, pkg *model.Package) {
	for _, v := range versions {
		p.use(v.Payload, pkg, needDecode|needAppend)
	}
}

func (p *plan) use(n *model.Named, from *model.Package, what need) {
	if n.Package != from {
		p.hooks[n] |= what
		if !hasGoType(n) { // package from reads and writes its parts inline
			p.useParts(n.Type, from, what)
		}
	}
	if p.needs[n]&what == what {
		return
	}
	p.needs[n] |= what
	p.useParts(n.Type, n.Package, what)
}

func (p *plan) useParts(t *model.Type, from *model.Package, what need) {
	if t == nil {
		return
	}
	if t.Kind == model.Ref {
		p.use(t.Named, from, what)
	}
	for _, f := range t.Fields {
		p.useParts(f.Type, from, what)
	}
	for _, arm := range t.Arms {
		p.use(arm, from, what)
	}
	elem := what
	for _, check := range t.Checks {
		if check.Op == model.UniqueItems && what&needCheck != 0 {
			elem |= needAppend
		}
	}
	p.useParts(t.Elem, from, elem)
	p.useParts(t.Key, from, what&^needAppend)
}

// possible returns an error for a type that Go cannot express.
func (p *plan) possible(n *model.Named) error {
	t := n.Type
	if len(t.Fields) > encoding.MaxFields {
		return &Error{n.Pos, fmt.Sprintf("%s has %d fields, but a struct can have at most %d: move some into a struct of their own", n.Name, len(t.Fields), encoding.MaxFields)}
	}
	for _, arm := range t.Arms {
		p.arms[arm] = append(p.arms[arm], n)
	}
	if !hasGoType(n) && refersToItself(n, n.Type) {
		return &Error{n.Pos, fmt.Sprintf("%s contains only itself: make it a struct with a field", n.Name)}
	}
	return nil
}

// refersToItself finds a plain list or map that contains itself.
func refersToItself(n *model.Named, t *model.Type) bool {
	switch t.Kind {
	case model.List, model.Map:
		return refersToItself(n, t.Elem)
	case model.Ref:
		return t.Named == n || !hasGoType(t.Named) && refersToItself(n, t.Named.Type)
	}
	return false
}

// namedIn lists the named and inline types of a package in the order of the schema,
// each type once.
func namedIn(pkg *model.Package) []*model.Named {
	w := walker{seen: map[*model.Named]bool{}, pkg: pkg}
	for _, n := range pkg.Types {
		w.named(n)
	}
	for _, a := range pkg.Aggregates {
		w.aggregate(a)
	}
	for _, v := range pkg.Views {
		if v.Of == nil {
			w.typ(v.State)
		}
		if v.List != nil {
			w.named(v.List.Row)
			w.named(v.List.More)
		}
		w.named(v.Param)
	}
	for _, q := range pkg.Queries {
		w.named(q.Param)
		w.named(q.Row)
	}
	for _, s := range pkg.Signals {
		w.named(s.Payload)
	}
	for _, p := range pkg.Processes {
		for _, t := range p.Timers {
			w.named(t.Payload)
		}
		for _, e := range p.Effects {
			w.named(e.Payload)
		}
		w.typ(p.State)
	}
	return w.found
}

// walker finds types by following their uses.
type walker struct {
	seen  map[*model.Named]bool
	pkg   *model.Package
	only  bool // the walker follows inline types only
	found []*model.Named
}

func (w *walker) aggregate(a *model.Aggregate) {
	w.typ(a.ID)
	w.typ(a.State)
	for _, c := range a.Commands {
		w.named(c.Payload)
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			w.named(v.Payload)
		}
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			w.named(v.Payload)
		}
	}
	for _, r := range a.Refusals {
		w.named(r.Payload)
	}
}

func (w *walker) named(n *model.Named) {
	if n == nil || n.Package != w.pkg || w.seen[n] || w.only && !n.Inline {
		return
	}
	w.seen[n] = true
	w.found = append(w.found, n)
	w.typ(n.Type)
}

func (w *walker) typ(t *model.Type) {
	if t == nil {
		return
	}
	w.named(t.Named)
	for _, f := range t.Fields {
		w.typ(f.Type)
	}
	for _, arm := range t.Arms {
		w.named(arm)
	}
	w.typ(t.Elem)
	w.typ(t.Key)
}

// inlineUnder lists the given types and the inline types in them, in the order of
// the schema. They are the types of one file.
func inlineUnder(pkg *model.Package, roots ...*model.Named) []*model.Named {
	w := walker{seen: map[*model.Named]bool{}, pkg: pkg, only: true}
	for _, n := range roots {
		if n == nil || n.Package != pkg || w.seen[n] {
			continue
		}
		w.seen[n] = true
		w.found = append(w.found, n)
		w.typ(n.Type)
	}
	return w.found
}

// hasGoType reports whether a definition becomes a Go type. Others, such as
// #Text, only share a check function.
func hasGoType(n *model.Named) bool {
	switch n.Type.Kind {
	case model.Struct, model.Sum, model.Enum:
		return true
	}
	return false
}

// base returns the type at the end of a chain of definitions.
func base(t *model.Type) *model.Type { return t.Underlying() }

// goNamed returns the definition with a Go type that a type refers to, or nil.
func goNamed(t *model.Type) *model.Named {
	for t != nil && t.Kind == model.Ref {
		if hasGoType(t.Named) {
			return t.Named
		}
		t = t.Named.Type
	}
	return nil
}
