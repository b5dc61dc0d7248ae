package codegen

import (
	"cmp"
	"fmt"
	"go/format"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Method is a hand-written method that an aggregate, view or process needs.
type Method struct {
	Name   string // "DecideAdd"
	Source string // text of the method in a stub, with its comment
}

// Side is the hand-written code of one aggregate, view or process.
type Side struct {
	Type    string // the Go type; it implements the interface of that name
	File    string // path of its stub, relative to the application's root
	Package string // name of the Go packages of generated and hand-written code
	Import  string // of the generated package
	Local   string // name of the generated package in the stub
	Methods []Method

	doc     string
	uses    map[string]string // packages that its methods use: name to import path
	aliases map[string]string // import path to name, if it differs from the package's own
}

// Sides lists the hand-written code that a package needs: for each aggregate and
// process, and for each view that is not an aggregate's own state.
func Sides(p *model.Package, o Options) []Side {
	o = o.withDefaults()
	c := &context{options: o, pkg: p}
	names := stubImports(p)
	var sides []Side
	for _, a := range p.Aggregates {
		s := c.side(names, a.Name, document(a.Doc, a.Name, a.Name, a.Name+" decides for one "+strings.ReplaceAll(naming.Kebab(a.Name), "-", " ")+"."))
		s.Methods = aggregateMethods(names, a)
		sides = append(sides, s)
	}
	for _, v := range p.Views {
		switch {
		case v.List != nil && v.List.More != nil:
			s := c.side(names, v.Name, document(v.Doc, v.Name, v.Name, v.Name+" adds to the rows of a list."))
			s.Methods = []Method{names.more(v)}
			sides = append(sides, s)
		case v.HasCode():
			s := c.side(names, v.Name, document(v.Doc, v.Name, v.Name, v.Name+" folds events into the state that a page shows."))
			s.Methods = viewMethods(names, v)
			sides = append(sides, s)
		}
	}
	for _, q := range p.Queries {
		if q.View != nil {
			s := c.side(names, q.Name, document(q.Doc, q.Name, q.Name, q.Name+" answers a question from a state."))
			s.Methods = []Method{names.rows(q)}
			sides = append(sides, s)
		}
	}
	for _, process := range p.Processes {
		s := c.side(names, process.Name, document(process.Doc, process.Name, process.Name, process.Name+" reacts to events with actions."))
		s.Methods = processMethods(names, process)
		sides = append(sides, s)
	}
	return sides
}

func (c *context) side(names importNames, name, doc string) Side {
	uses := map[string]string{"embed": "embed", "ironstar": rootPkg, "time": "time"}
	aliases := map[string]string{}
	for p, local := range names {
		uses[local] = c.importPath(p)
		if local != p.Name {
			aliases[c.importPath(p)] = local
		}
	}
	return Side{
		Type:    name,
		File:    path.Join(c.options.App, naming.Folder(c.pkg), naming.HandWrittenFile(name)),
		Package: c.pkg.Name,
		Import:  c.importPath(c.pkg),
		doc:     doc,
		Local:   names[c.pkg],
		uses:    uses,
		aliases: aliases,
	}
}

// importNames are the names of the schema's packages in a hand-written file.
type importNames map[*model.Package]string

// stubImports names the packages that a package's hand-written code uses: its
// own, and those of states and of results of hand-written steps.
func stubImports(p *model.Package) importNames {
	packages := []*model.Package{p}
	add := func(t *model.Type) {
		for _, n := range namedUnder(t) {
			packages = append(packages, n.Package)
		}
	}
	for _, a := range p.Aggregates {
		add(a.State)
		for _, h := range a.Hands() {
			add(h.To)
		}
		for _, cmd := range a.Commands {
			for _, f := range cmd.Reads() {
				add(f.Reads.State)
			}
		}
	}
	for _, v := range p.Views {
		if v.HasCode() {
			add(v.State)
		}
	}
	for _, q := range p.Queries {
		if q.View != nil {
			add(viewState(q.View))
		}
	}
	for _, process := range p.Processes {
		add(process.State)
	}
	return naming.Imports(packages, "embed", "ironstar", "time", naming.SourceVariable, naming.UpdateFlag, "s", "c", "e", "r", "v", "t", "key")
}

// namedUnder returns the Go types that hand-written code mentions for a type. They
// include the types of the first case of each union in it.
func namedUnder(t *model.Type) []*model.Named {
	var all []*model.Named
	var visit func(t *model.Type)
	visit = func(t *model.Type) {
		if t == nil {
			return
		}
		n := goNamed(t)
		switch {
		case n != nil && slices.Contains(all, n):
		case n != nil:
			all = append(all, n)
			for _, f := range n.Type.Fields {
				visit(f.Type)
			}
			if n.Type.Kind == model.Sum {
				visit(&model.Type{Kind: model.Ref, Named: n.Type.Arms[0]})
			}
		default:
			visit(base(t).Elem)
			visit(base(t).Key)
		}
	}
	visit(t)
	return all
}

// Imports lists the import paths that the text of some methods needs.
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
		return cmp.Or(cmp.Compare(strings.Count(a, "."), strings.Count(b, ".")), strings.Compare(a, b)) // standard library first
	})
	return paths
}

// Name returns the name of an imported package in the text of its methods.
func (s Side) Name(importPath string) string {
	for name, p := range s.uses {
		if p == importPath {
			return name
		}
	}
	return path.Base(importPath)
}

// code returns Go text without comment lines.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}

func aggregateMethods(names importNames, a *model.Aggregate) []Method {
	state, pkg := names.written(a.State), names[a.Package]
	methods := []Method{source(a.Name), names.initial(a.Name, "", a.State)}
	for _, cmd := range a.Commands {
		name := naming.Decide.Of(cmd.Name)
		methods = append(methods, handWritten(a.Name, name, document(cmd.Doc, cmd.Name, name, name+" answers "+cmd.Name+"."),
			fmt.Sprintf("(s %s, c %s.%s%s) ([]%s.%s, error)", names.written(cmd.In.Of(a.State)), pkg, cmd.Payload.GoName, names.read(cmd), pkg, naming.EventSum.Of(a.Name)),
			notWritten(a.Name+"."+name)))
	}
	for _, e := range a.Events {
		if e.To != nil {
			continue
		}
		name := naming.Evolve.Of(e.Name)
		methods = append(methods, handWritten(a.Name, name, document(e.Doc, e.Name, name, name+" folds "+e.Name+" into the state."),
			fmt.Sprintf("(s %s, e %s.%s) %s", names.written(e.In.Of(a.State)), pkg, current(e).GoName, state), "return s"))
	}
	for _, h := range a.Hands() {
		methods = append(methods, names.upcastMethod(a, h))
	}
	return methods
}

// read returns the parameters of the states that a command reads.
func (names importNames) read(cmd *model.Command) string {
	var b strings.Builder
	for _, f := range cmd.Reads() {
		fmt.Fprintf(&b, ", %s %s", stateParam(f, slices.Collect(maps.Values(names))...), names.written(f.ReadsIn.Of(f.Reads.State)))
	}
	return b.String()
}

// upcastMethod is a hand-written part of an upcaster. Its result type has the
// package name that people would write.
func (names importNames) upcastMethod(a *model.Aggregate, h model.HandMethod) Method {
	result, about := "[]"+names[a.Package]+"."+naming.EventSum.Of(a.Name), "makes the events that replace a retired event."
	if h.To != nil {
		result, about = names.written(h.To), "makes a part of the next version of an old event."
	}
	return handWritten(a.Name, h.Name, wrap(h.Name+" "+about+" It is pure: the same old event always gives the same result."),
		fmt.Sprintf("(v %s.%s) (%s, error)", names[a.Package], h.From.GoName, result), notWritten(a.Name+"."+h.Name))
}

func viewMethods(names importNames, v *model.View) []Method {
	state := names.written(v.State)
	methods := []Method{source(v.Name), names.initial(v.Name, "key string", v.State)}
	for _, on := range v.On {
		for _, e := range on.Events {
			name := naming.ViewEvolve(on.Aggregate, e)
			methods = append(methods, handWritten(v.Name, name, name+" folds "+e.Name+" of "+on.Aggregate.Name+" into the state.",
				fmt.Sprintf("(s %s, e %s.%s, r *ironstar.Record) %s", state, names[v.Package], current(e).GoName, state), "return s"))
		}
	}
	return methods
}

// rows is the method that answers a query.
func (names importNames) rows(q *model.Query) Method {
	row := "[]" + names[q.Package] + "." + q.Row.GoName
	params := "s " + names.written(viewState(q.View))
	if q.Param != nil {
		params += ", p " + names[q.Package] + "." + q.Param.GoName
	}
	if q.Span != nil {
		params += ", w ironstar.Window"
	}
	return handWritten(q.Name, naming.RowsMethod, wrap(naming.RowsMethod+" returns the answer from a state of "+q.View.Name+". It is pure, and does not change the state."),
		"("+params+") "+row, "return nil")
}

// more is the method that adds to rows of a list.
func (names importNames) more(v *model.View) Method {
	row := names[v.Package] + "." + v.List.More.GoName
	return handWritten(v.Name, naming.MoreOfRow, wrap(naming.MoreOfRow+" returns what a row has besides the fields of the state. It is pure, and does not change the state."),
		fmt.Sprintf("(id string, s %s) %s", names.written(v.Of.State), row), "return "+row+"{}")
}

// written returns the text of a type in hand-written code.
func (names importNames) written(t *model.Type) string {
	if n := goNamed(t); n != nil {
		return names[n.Package] + "." + n.GoName
	}
	b := base(t)
	switch b.Kind {
	case model.List:
		return "[]" + names.written(b.Elem)
	case model.Map:
		key := "string"
		if b.Key != nil {
			key = names.written(b.Key)
		}
		return "map[" + key + "]" + names.written(b.Elem)
	}
	return writtenKinds[b.Kind]
}

var writtenKinds = map[model.Kind]string{
	model.String: "string", model.Int: "int64", model.Number: "float64", model.Bool: "bool", model.Time: "time.Time",
	model.Date: "ironstar.Date", model.Decimal: "ironstar.Decimal", model.UUID: "ironstar.UUID",
	model.Duration: "time.Duration", model.Bytes: "[]byte",
}

// source is the method that returns the code of the folder.
func source(receiver string) Method {
	return handWritten(receiver, naming.SourceMethod, "Source returns this folder's code, which is part of the fingerprint of the state.", "() embed.FS", "return source")
}

// sourceStub returns the file that embeds the code of a folder.
func (c *context) sourceStub() []byte {
	return []byte("package " + c.pkg.Name + `

import "embed"

// source is the code of this folder. When the code changes, old snapshots of states
// are no longer used, and states are folded again.
//
//go:embed *.go
var source embed.FS
`)
}

// initial returns the method Initial. It returns the zero value of the state, with
// what that lacks: see firstValue.
func (names importNames) initial(receiver, param string, state *model.Type) Method {
	first := firstValue{importNames: names, open: map[*model.Named]bool{}}
	value := first.of(state)
	if value == "" {
		return handWritten(receiver, naming.InitialMethod, "Initial returns the state before the first event.",
			fmt.Sprintf("(%s) (s %s)", param, names.written(state)), "return s")
	}
	doc := "Initial returns the state before the first event."
	if first.union {
		doc += " A union needs one of its cases.\nThis is the first case. Change it if another case is right."
	}
	return handWritten(receiver, naming.InitialMethod, doc, fmt.Sprintf("(%s) %s", param, names.written(state)), "return "+value)
}

// firstValue writes values in which each required union has its first case, each map
// can be written to, and fields have their defaults.
type firstValue struct {
	importNames
	open  map[*model.Named]bool // types that the value is inside of
	union bool                  // the value has a case of a union
}

// of returns a value of a type, or "" for the zero value.
func (first *firstValue) of(t *model.Type) string {
	if base(t).Kind == model.Map {
		return first.written(t) + "{}"
	}
	n := goNamed(t)
	if n == nil || first.open[n] {
		return ""
	}
	first.open[n] = true
	defer delete(first.open, n)
	switch n.Type.Kind {
	case model.Sum:
		first.union = true
		arm := &model.Type{Kind: model.Ref, Named: n.Type.Arms[0]}
		return cmp.Or(first.of(arm), first.written(arm)+"{}")
	case model.Struct:
		var fields []string
		for _, f := range n.Type.Fields {
			if f.Optional || f.Const != nil {
				continue
			}
			if value := cmp.Or(first.defaultOf(f), first.of(f.Type)); value != "" {
				fields = append(fields, f.GoName+": "+value)
			}
		}
		if len(fields) > 0 {
			return first.written(t) + "{" + strings.Join(fields, ", ") + "}"
		}
	}
	return ""
}

// defaultOf returns the default of a field as Go, or "" if there is none or it is the
// zero value. Defaults that are lists or structs are left to people.
func (names importNames) defaultOf(f *model.Field) string {
	v := f.Default
	if v == nil || v.Kind == model.List || v.Kind == model.Struct {
		return ""
	}
	if n := goNamed(f.Type); n != nil && n.Type.Kind == model.Enum {
		for _, known := range n.Type.Values {
			if known.Text == v.Text {
				return names[n.Package] + "." + known.GoName
			}
		}
	}
	switch base(f.Type).Kind {
	case model.String:
		return unlessZero(strconv.Quote(v.Text), `""`)
	case model.Int, model.Number:
		return unlessZero(v.Text, "0")
	case model.Bool:
		return unlessZero(v.Text, "false")
	case model.Decimal:
		return "ironstar.MustDecimal(" + strconv.Quote(v.Text) + ")"
	}
	return ""
}

func unlessZero(value, zero string) string {
	if value == zero {
		return ""
	}
	return value
}

// notWritten returns the body of a method that people have to write. It needs no
// import, so it can be pasted into any file. The engine recovers from the panic,
// answers with status 500, and logs the sentence.
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

// stubs returns the first versions of the files of hand-written code.
func (c *context) stubs(out *Output) []piece {
	var pieces []piece
	sides := Sides(c.pkg, c.options)
	for i, s := range sides {
		pieces = append(pieces, piece{func() (file, error) { return file{s.File, s.text(i == 0)}, nil }, out.Stubs})
	}
	if len(sides) > 0 {
		name := path.Join(path.Dir(sides[0].File), naming.SourceFile)
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
		fmt.Fprintf(&b, "// Package %s has the hand-written code of the %s domain: how commands are decided,\n// and how states change. It is pure.\n", s.Package, s.Package)
	}
	fmt.Fprintf(&b, "package %s\n\nimport (\n", s.Package)
	satisfies := fmt.Sprintf("var _ %s.%s = %s{}\n", s.Local, s.Type, s.Type)
	standard := false
	for _, path := range s.Imports(satisfies + body.String()) {
		if standard && strings.Contains(path, ".") {
			b.WriteByte('\n')
		}
		standard = !strings.Contains(path, ".")
		fmt.Fprintf(&b, "\t%s %q\n", s.aliases[path], path)
	}
	b.WriteString(")\n\n")
	for _, line := range lines(s.doc) {
		b.WriteString(docLine(line) + "\n")
	}
	fmt.Fprintf(&b, "type %s struct{}\n\n%s", s.Type, satisfies)
	text := []byte(b.String() + body.String())
	if formatted, err := format.Source(text); err == nil {
		return formatted // the compiler reports the error if the text cannot be formatted
	}
	return text
}
