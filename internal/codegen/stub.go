package codegen

import (
	"cmp"
	"fmt"
	"go/format"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
)

// Method is a method that the hand-written side of an aggregate or view must
// have.
type Method struct {
	Name   string // "DecideAdd"
	Source string // the method as it is written into a stub, with its comment
}

// Side is the hand-written side of one aggregate or view.
type Side struct {
	Type    string // the Go type, which satisfies the interface of that name
	File    string // where its stub goes, relative to the application's root
	Package string // the Go package's name
	Import  string // of the generated package
	Methods []Method

	doc  string
	uses map[string]string // names of packages that its methods mention, and their import paths
}

// Sides lists what has to be written by hand for a package: each aggregate, and
// each view that is not an aggregate's own state.
func Sides(p *model.Package, o Options) []Side {
	o = o.withDefaults()
	c := &context{options: o, pkg: p}
	var sides []Side
	for _, a := range p.Aggregates {
		s := c.side(a.Name, a.State, document(a.Doc, a.Name, a.Name, a.Name+" decides for one "+strings.Join(words(a.Name), " ")+"."))
		s.Methods = c.aggregateMethods(a)
		for _, h := range a.Hands() {
			if n := goNamed(h.To); n != nil {
				s.uses[n.Package.Name] = c.importPath(n.Package)
			}
		}
		sides = append(sides, s)
	}
	for _, v := range p.Views {
		if v.Of == nil {
			s := c.side(v.Name, v.State, document(v.Doc, v.Name, v.Name, v.Name+" folds events into what is shown."))
			s.Methods = c.viewMethods(v)
			sides = append(sides, s)
		}
	}
	return sides
}

func (c *context) side(name string, state *model.Type, doc string) Side {
	of := goNamed(state).Package
	return Side{
		Type:    name,
		File:    path.Join(c.options.App, dirOf(c.pkg), fileBase(name)+".go"),
		Package: c.pkg.Name,
		Import:  c.importPath(c.pkg),
		doc:     doc,
		uses:    map[string]string{"embed": "embed", "ironstar": rootPkg, "time": "time", of.Name: c.importPath(of), c.pkg.Name: c.importPath(c.pkg)},
	}
}

// Imports lists the import paths that the text of some of its methods needs.
func (s Side) Imports(text string) []string {
	var paths []string
	for name, path := range s.uses {
		for _, before := range []string{" ", "(", "*", "]"} {
			if strings.Contains(code(text), before+name+".") {
				paths = append(paths, path)
				break
			}
		}
	}
	slices.SortFunc(paths, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "."), strings.Count(b, ".")), strings.Compare(a, b)) // the standard library first
	})
	return paths
}

// code is Go without its lines of comments.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Stub is the text of one method that an aggregate's hand-written side has to
// have, for people to paste; "" if it needs none of that name.
func Stub(a *model.Aggregate, method string) string {
	c := &context{pkg: a.Package}
	for _, m := range c.aggregateMethods(a) {
		if m.Name == method {
			return m.Source
		}
	}
	return ""
}

func (c *context) aggregateMethods(a *model.Aggregate) []Method {
	state := written(a.State)
	methods := []Method{source(a.Name), initial(a.Name, "", state)}
	for _, cmd := range a.Commands {
		name := "Decide" + cmd.Name
		methods = append(methods, handWritten(a.Name, name, document(cmd.Doc, cmd.Name, name, name+" answers "+cmd.Name+"."),
			fmt.Sprintf("(s %s, c %s.%s) ([]%s.%sEvent, error)", state, c.pkg.Name, cmd.Payload.GoName, c.pkg.Name, a.Name),
			notWritten(a.Name+"."+name)))
	}
	for _, e := range a.Events {
		name := "Evolve" + e.Name
		methods = append(methods, handWritten(a.Name, name, document(e.Doc, e.Name, name, name+" folds "+e.Name+" into the state."),
			fmt.Sprintf("(s %s, e %s.%s) %s", state, c.pkg.Name, current(e).GoName, state), "return s"))
	}
	for _, h := range a.Hands() {
		methods = append(methods, c.upcastMethod(a, h))
	}
	return methods
}

// upcastMethod is a part of an upcaster. Its result is written with the
// package's name as people write it.
func (c *context) upcastMethod(a *model.Aggregate, h model.HandMethod) Method {
	result, about := "[]"+c.pkg.Name+"."+a.Name+"Event", "makes the events that a retired one is read as."
	if h.To != nil {
		result, about = written(h.To), "makes a part of a newer version of an old event."
	}
	return handWritten(a.Name, h.Name, wrap(h.Name+" "+about+" It is pure: the same old event, the same result, for ever."),
		fmt.Sprintf("(v %s.%s) (%s, error)", c.pkg.Name, h.From.GoName, result), notWritten(a.Name+"."+h.Name))
}

func (c *context) viewMethods(v *model.View) []Method {
	state := written(v.State)
	methods := []Method{source(v.Name), initial(v.Name, "key string", state)}
	for _, on := range v.On {
		for _, e := range on.Events {
			name := evolveName(on.Aggregate, e)
			methods = append(methods, handWritten(v.Name, name, name+" folds "+e.Name+" of "+on.Aggregate.Name+" into the state.",
				fmt.Sprintf("(s %s, e %s.%s, r *ironstar.Record) %s", state, c.pkg.Name, current(e).GoName, state), "return s"))
		}
	}
	return methods
}

// written is a type as the hand-written side writes it.
func written(t *model.Type) string {
	if n := goNamed(t); n != nil {
		return n.Package.Name + "." + n.GoName
	}
	b := base(t)
	switch b.Kind {
	case model.List:
		return "[]" + written(b.Elem)
	case model.Map:
		key := "string"
		if b.Key != nil {
			key = written(b.Key)
		}
		return "map[" + key + "]" + written(b.Elem)
	}
	return writtenKinds[b.Kind]
}

var writtenKinds = map[model.Kind]string{
	model.String: "string", model.Int: "int64", model.Number: "float64", model.Bool: "bool", model.Time: "time.Time",
	model.Date: "ironstar.Date", model.Decimal: "ironstar.Decimal", model.UUID: "ironstar.UUID",
}

// source gives the code of the folder, which sourceStub embeds.
func source(receiver string) Method {
	return handWritten(receiver, "Source", "Source is this folder's code, which is part of the fingerprint of what it folds.", "() embed.FS", "return source")
}

// sourceStub embeds the code of a folder.
func (c *context) sourceStub() []byte {
	return []byte("package " + c.pkg.Name + `

import "embed"

// source is the code of this folder: when it changes, what older code has folded
// is folded anew.
//
//go:embed *.go
var source embed.FS
`)
}

func initial(receiver, param, state string) Method {
	return handWritten(receiver, "Initial", "Initial is the state before the first event.",
		fmt.Sprintf("(%s) (s %s)", param, state), "return s")
}

// notWritten is the body of a decider that is still to be written. It needs no
// import, so that it can be pasted into any file; the engine turns the panic
// into an answer 500 and the sentence into a line of the log.
func notWritten(name string) string {
	return fmt.Sprintf("panic(%q)", name+" is not written yet")
}

func handWritten(receiver, name, doc, signature, body string) Method {
	var b strings.Builder
	for _, line := range lines(doc) {
		b.WriteString(docLine(line) + "\n")
	}
	fmt.Fprintf(&b, "func (%s) %s%s {\n\t%s\n}\n", receiver, name, signature, body)
	return Method{Name: name, Source: b.String()}
}

// stubs are the first files of the hand-written side.
func (c *context) stubs(out *Output) []piece {
	var pieces []piece
	sides := Sides(c.pkg, c.options)
	for i, s := range sides {
		pieces = append(pieces, piece{func() (file, error) { return file{s.File, s.text(i == 0)}, nil }, out.Stubs})
	}
	if len(sides) > 0 {
		name := path.Join(path.Dir(sides[0].File), "source.go")
		for slices.ContainsFunc(sides, func(s Side) bool { return s.File == name }) { // an aggregate called Source
			name = strings.TrimSuffix(name, ".go") + "_code.go"
		}
		pieces = append(pieces, piece{func() (file, error) { return file{name, c.sourceStub()}, nil }, out.Stubs})
	}
	return append(pieces, piece{c.historyStub, out.Stubs})
}

func (s Side) text(first bool) []byte {
	var b, body strings.Builder
	for _, m := range s.Methods {
		body.WriteString("\n" + m.Source)
	}
	if first {
		fmt.Fprintf(&b, "// Package %s is the hand-written side of the %s domain: what it decides and how\n// it changes. It is pure.\n", s.Package, s.Package)
	}
	fmt.Fprintf(&b, "package %s\n\nimport (\n", s.Package)
	satisfies := fmt.Sprintf("var _ %s.%s = %s{}\n", s.Package, s.Type, s.Type)
	standard := false
	for _, path := range s.Imports(satisfies + body.String()) {
		if standard && strings.Contains(path, ".") {
			b.WriteByte('\n')
		}
		standard = !strings.Contains(path, ".")
		fmt.Fprintf(&b, "\t%q\n", path)
	}
	b.WriteString(")\n\n")
	for _, line := range lines(s.doc) {
		b.WriteString(docLine(line) + "\n")
	}
	fmt.Fprintf(&b, "type %s struct{}\n\n%s", s.Type, satisfies)
	text := []byte(b.String() + body.String())
	if formatted, err := format.Source(text); err == nil {
		return formatted // else the compiler will say what is wrong
	}
	return text
}
