package naming

import (
	"strconv"

	"ironstar.dev/internal/model"
)

// Name is a generated name.
type Name struct {
	Scope string // where the name must be unique: "Go package todo"
	Text  string // "NewList"
	What  string // "the constructor of aggregate #List"
	Pos   model.Pos

	Of   string // the thing in the schema that has the name or needs it: "aggregate #List"
	Hint string // an attribute of that thing that changes the name: "@go(name=…)"; "" if there is none

	Member bool // the name belongs to a field or method

	fold bool // no two names in the scope may differ in letter case only
}

// Table lists every name that is generated from a schema, in the order of the
// schema. It also lists names that generated code needs only sometimes, so that
// nothing else takes them.
func Table(s *model.Schema) []Name {
	t := &table{seen: map[*model.Named]bool{}}
	for _, p := range s.Packages {
		t.folders(p)
	}
	for _, p := range s.Packages {
		t.pkg = p
		t.domain()
		t.http()
		t.handWritten()
		t.files()
		t.typeScript()
		t.unions = append(t.unions, unionsOf(t.types)...)
	}
	t.caseMembers()
	return t.names
}

// table collects the names of a schema.
type table struct {
	names []Name
	pkg   *model.Package
	seen  map[*model.Named]bool
	types []Type // types of the package, in the order of the schema

	unions []Type // of the packages so far
}

// Type is a type that a package declares.
type Type struct {
	*model.Named
	What string // description for messages: "command Add"
	kind typeKind
}

// typeKind says where a type comes from in the schema.
type typeKind int

const (
	definition typeKind = iota // a definition with a name: #Line
	message                    // a command, an event, a refusal, or the signals of a page
	fieldType                  // the inline type of a field
	nameless                   // another inline type, such as a state or a case of a union: the schema cannot name it
)

// Types lists the named and inline types of a package.
func Types(p *model.Package) []Type {
	t := &table{seen: map[*model.Named]bool{}, pkg: p}
	t.domain()
	return t.types
}

const renameType = "@go(name=…)"

func (t *table) add(scope, text, what string, pos model.Pos) { t.addHint(scope, text, what, pos, "") }

func (t *table) addHint(scope, text, what string, pos model.Pos, hint string) {
	t.addOf(scope, text, what, what, pos, hint)
}

// addOf adds a name of something that is generated for a thing of the schema.
// what describes the former, of the latter.
func (t *table) addOf(scope, text, what, of string, pos model.Pos, hint string) {
	t.names = append(t.names, Name{Scope: scope, Text: text, What: what, Of: of, Pos: pos, Hint: hint})
}

// addFile adds a name that file systems and Go may compare without letter case.
func (t *table) addFile(scope, text, what string, pos model.Pos) {
	t.names = append(t.names, Name{Scope: scope, Text: text, What: what, Pos: pos, fold: true})
}

// of adds the names that patterns give to one thing.
func (t *table) of(scope, name, what string, pos model.Pos, hint string, patterns ...Pattern) {
	for _, p := range patterns {
		about := what
		if p.what != "" {
			about = p.what + " " + what
		}
		t.addOf(scope, p.Of(name), about, what, pos, hint)
	}
}

func goScope(p *model.Package) string { return "Go package " + inFolder(p.Name, p) }

// inFolder distinguishes packages of the same name.
func inFolder(name string, p *model.Package) string {
	if Folder(p) == p.Name {
		return name
	}
	return name + " (" + Folder(p) + ")"
}

// domain adds the names of the Go package.
func (t *table) domain() {
	scope := goScope(t.pkg)
	t.types = nil
	for _, name := range []string{CasesTest, StepsTest, Verdicts, Verdict} {
		t.add(scope, name, "the generated test of the package", t.pkg.Pos)
	}
	for _, a := range t.pkg.Aggregates {
		t.aggregate(scope, a)
	}
	for _, v := range t.pkg.Views {
		t.view(scope, v)
	}
	for _, p := range t.pkg.Processes {
		t.process(scope, p)
	}
	for _, n := range t.pkg.Types {
		t.named(n, definition, "type #"+n.Name)
	}
	for _, q := range t.pkg.Queries {
		t.query(q)
	}
	t.shows()
	t.lists()
	for _, s := range t.pkg.Signals {
		t.named(s.Payload, message, "signals #"+s.Name)
		t.of(scope, s.Payload.GoName, "signals #"+s.Name, s.Pos, renameType, ReadSignals, SignalNames, SignalsVersion)
	}
	for _, n := range t.types {
		t.typ(scope, n)
	}
}

func (t *table) aggregate(scope string, a *model.Aggregate) {
	what := "aggregate #" + a.Name
	t.of(scope, a.Name, what, a.Pos, "", ofAggregate...)
	if len(a.Hands()) > 0 {
		t.of(scope, a.Name, what, a.Pos, "", Upcasts)
	}
	for _, c := range a.Commands {
		t.named(c.Payload, message, "command "+c.Name)
		if !c.Internal {
			t.of(scope, c.Payload.GoName, "command "+c.Name, c.Pos, renameType, Form)
		}
	}
	for _, e := range a.Events {
		t.versions(scope, "event "+e.Name, e.Versions)
	}
	for _, e := range a.Retired {
		what := "retired event " + e.Name
		t.versions(scope, what, e.Versions)
		for i, p := range e.Becomes {
			from := e.Versions[len(e.Versions)-1].Payload
			t.addOf(scope, Part(from, i), "part "+strconv.Itoa(i+1)+" of "+what, what, p.Pos, renameType)
			t.tables(scope, Part(from, i), what, p.Upcast)
		}
	}
	for _, r := range a.Refusals {
		t.named(r.Payload, message, "refusal "+r.Name)
		t.refusalMembers(r)
	}
	t.inline(a.State, nameless, "the state of #"+a.Name)
	for _, f := range a.State.Shared() {
		t.addOf(scope, SharedField(a, f), "the function for field "+f.Name+" of the state of #"+a.Name, "field "+f.Name, f.Pos, renameType)
	}
	if a.ID != nil {
		t.of(scope, a.Name, what, a.Pos, "", CheckID, IDs)
		t.inline(a.ID, nameless, "the id of #"+a.Name)
	}
	t.aggregateMethods(a)
}

func (t *table) versions(scope, what string, versions []*model.EventVersion) {
	for i, v := range versions {
		t.named(v.Payload, message, what)
		t.of(scope, v.Payload.GoName, what, v.Pos, renameType, Lift, Step)
		if i+1 < len(versions) {
			t.tables(scope, Step.Of(v.Payload.GoName), what, versions[i+1].Upcast)
		}
	}
}

// tables adds the variables of a step's tables.
func (t *table) tables(scope, step, what string, u *model.Upcast) {
	if u == nil { // the schema has errors
		return
	}
	n := 0
	u.Make.Walk(func(e *model.Expr) bool {
		if e.Op == model.Table {
			t.addOf(scope, TableOf(step, n), "a table of "+what, what, e.Pos, renameType)
			n++
		}
		return true
	})
}

func (t *table) view(scope string, v *model.View) {
	what := "view #" + v.Name
	t.of(scope, v.Name, what, v.Pos, "", ofView...)
	switch {
	case v.List != nil:
		t.list(scope, v)
	case v.Shows != nil:
	case v.Of == nil:
		t.of(scope, v.Name, what, v.Pos, "", View)
		t.inline(v.State, nameless, "the state of #"+v.Name)
		t.viewMethods(v)
	}
	if v.Param != nil {
		params := "the parameters of #" + v.Name
		t.of(scope, v.Name, what, v.Pos, "", ParamInputs)
		t.of(scope, v.Param.GoName, params, v.Param.Pos, "", ParseParams)
		if v.List == nil && v.Shows == nil {
			t.named(v.Param, nameless, params)
		}
		t.paramMembers(v)
	}
}

// named records a type of the package and the types in it.
func (t *table) named(n *model.Named, kind typeKind, what string) {
	if n == nil || t.seen[n] || n.Package != t.pkg {
		return
	}
	t.seen[n] = true
	t.types = append(t.types, Type{n, what, kind})
	t.inside(n.Type, what)
}

// inline records inline types.
func (t *table) inline(typ *model.Type, kind typeKind, what string) {
	if typ == nil {
		return
	}
	if typ.Named != nil && typ.Named.Inline {
		t.named(typ.Named, kind, what)
	}
	t.inside(typ, what)
}

func (t *table) inside(typ *model.Type, what string) {
	for _, f := range typ.Fields {
		t.inline(f.Type, fieldType, "field "+f.Name+" of "+what)
	}
	for i, arm := range typ.Arms {
		if arm.Inline {
			t.named(arm, nameless, "case "+strconv.Itoa(i+1)+" of "+what)
		}
	}
	if typ.Key != nil {
		t.inline(typ.Key, nameless, "a key of "+what)
	}
	t.inline(typ.Elem, nameless, "an element of "+what)
}

// typ adds the names of a type's functions and variables.
func (t *table) typ(scope string, n Type) {
	hint := n.renaming()
	t.addOf(scope, n.GoName, n.generated(), n.What, n.Pos, hint)
	t.of(scope, n.GoName, n.What, n.Pos, hint, Decode, Append, Check, Hide, Fields)
	for i := range patterns(n.Type) {
		t.addOf(scope, PatternOf(n.GoName, i), "a pattern of "+n.What, n.What, n.Pos, hint)
	}
	if n.Type.Kind == model.Enum {
		t.of(scope, n.GoName, n.What, n.Pos, hint, ValueList, Values)
		for _, v := range n.Type.Values {
			of := n.What
			if hint == "" { // the values of an id, for example: they cannot have an attribute
				of = "a definition that has these values"
			}
			t.addOf(scope, v.GoName, "the constant for value "+strconv.Quote(v.Text)+" of "+n.What, of, v.Pos, "@go(value="+strconv.Quote(v.Text)+", name=…)")
		}
	}
	if !n.Inline || n.kind == definition {
		t.of(scope, n.GoName, n.What, n.Pos, hint, DecodeForOthers, AppendForOthers, CheckForOthers, HideForOthers)
	}
}

// renaming returns the attribute that gives the type another name, or "" if no
// attribute can.
func (n Type) renaming() string {
	if n.kind == nameless {
		return ""
	}
	return renameType
}

// generated describes the type in Go and TypeScript.
func (n Type) generated() string {
	if n.kind == definition {
		return n.What
	}
	return "the type of " + n.What
}

// patterns returns the greatest number of regular expressions in the check of a
// type.
func patterns(typ *model.Type) int {
	if typ == nil {
		return 0
	}
	n := 0
	for _, c := range typ.Checks {
		if c.Op == model.Match || c.Op == model.NotMatch {
			n++
		}
	}
	for _, f := range typ.Fields {
		n += patterns(f.Type)
	}
	return n + patterns(typ.Key) + patterns(typ.Elem)
}

// hasGoType reports whether a definition is a type in Go and TypeScript.
func hasGoType(n *model.Named) bool {
	switch n.Type.Kind {
	case model.Struct, model.Sum, model.Enum:
		return true
	}
	return false
}
