package cuetest_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"
)

// editor edits the CUE syntax trees of a released schema as a developer would,
// and formats them again.
type editor struct {
	*maker
	packages []*editedPackage
	newNames int // number of new names so far
}

type editedPackage struct {
	dir, name string
	decls     []ast.Decl // without imports
	second    []ast.Decl // in a second file
}

// releasedPackage is the text of a package of a released schema.
type releasedPackage struct{ name, body string }

// released makes a schema with many events and little else.
func (m *maker) released() []releasedPackage {
	var all []releasedPackage
	for i := range 1 + m.IntN(4)/3 {
		name := packageNames[(i+m.IntN(2)*2)%4]
		m.names, m.types, m.texts, m.structs = map[string]bool{}, nil, nil, nil
		var b strings.Builder
		for range m.IntN(4) {
			b.WriteString(m.doc("") + m.definition())
		}
		for range 1 + m.IntN(2) {
			b.WriteString(m.doc("") + m.releasedAggregate())
		}
		b.WriteString("_max: 50\n_word: \"ab\"\n")
		all = append(all, releasedPackage{name, b.String()})
		m.packages = append(m.packages, madePackage{"schema.local/" + name, name, m.types, m.structs})
	}
	return all
}

func (m *maker) releasedAggregate() string {
	if m.chance(12) {
		return m.aggregate().text // commands and refusals, too
	}
	var events []string
	body := m.parts(eventNames, oddEventNames, func(name string) string {
		events = append(events, name)
		if m.chance(2) {
			return m.evolving("")
		}
		return "{v1: " + m.payload(eventField) + "}"
	})
	retired := ""
	if m.chance(2) {
		twin := payloadOf(m.newFields(4))
		body += "\t\tTwin: {v1: " + twin + "}\n"
		retired = "\tretired: {\n\t\tWas: {v1: " + twin + `, becomes: [{"Twin.v1": v1}` + m.pick("", `, {"Twin.v1": v1}`) + "]}\n" + m.retired(events) + "\t}\n"
	}
	return fmt.Sprintf("#%s: schema.#Aggregate & {\n\tstate: {}\n\tcommand: {}\n\tevent: {\n\t\tFirst: {v1: {\n%s}}\n%s\t}\n%s}\n", m.typeName(), m.fields(eventField, 4), body, retired)
}

// files formats packages as they were released.
func (m *maker) files(all []releasedPackage) map[string]string {
	files := map[string]string{}
	for _, p := range all {
		files[p.name+"/"+p.name+".cue"] = "package " + p.name + "\n\n" + m.imports(p.body) + p.body
	}
	return files
}

// edit parses packages. m is the maker that made them, with new random numbers.
func (m *maker) edit(all []releasedPackage) (*editor, error) {
	e := &editor{maker: m}
	for _, p := range all {
		f, err := parser.ParseFile("p.cue", p.body, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		e.packages = append(e.packages, &editedPackage{dir: p.name, name: p.name, decls: f.Decls})
	}
	return e, nil
}

// files formats the edited packages.
func (e *editor) files() (map[string]string, error) {
	files := map[string]string{}
	for i, p := range e.packages {
		e.maker.packages[i].path, e.maker.packages[i].name = "schema.local/"+p.dir, p.name
	}
	for _, p := range e.packages {
		for name, decls := range map[string][]ast.Decl{p.name: p.decls, "more": p.second} {
			if decls == nil {
				continue
			}
			body, err := format.Node(&ast.File{Decls: decls})
			if err != nil {
				return nil, err
			}
			files[p.dir+"/"+name+".cue"] = "package " + p.name + "\n\n" + e.imports(string(body)) + string(body)
		}
	}
	return files, nil
}

// one tries edits until one changes something, and returns its name.
func (e *editor) one() string {
	for {
		kind := edits[e.IntN(len(edits))]
		if kind.do(e) {
			return kind.name
		}
	}
}

// parsed parses an expression.
func parsed(text string) ast.Expr {
	expr, err := parser.ParseExpr("e.cue", text)
	if err != nil {
		panic(fmt.Sprintf("%v: %s", err, text))
	}
	return expr
}

// written formats an expression.
func written(n ast.Node) string {
	text, err := format.Node(n)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// declared parses fields.
func declared(text string) []ast.Decl {
	f, err := parser.ParseFile("d.cue", text, parser.ParseComments)
	if err != nil {
		panic(fmt.Sprintf("%v: %s", err, text))
	}
	return f.Decls
}

func labelOf(d ast.Decl) string {
	f, ok := d.(*ast.Field)
	if !ok {
		return ""
	}
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		return ""
	}
	return name
}

func find(decls []ast.Decl, name string) *ast.Field {
	for _, d := range decls {
		if labelOf(d) == name {
			return d.(*ast.Field)
		}
	}
	return nil
}

// editedAggregate is an aggregate in a syntax tree.
type editedAggregate struct {
	pkg  *editedPackage
	decl *ast.Field
	body *ast.StructLit
}

func (e *editor) aggregates() []editedAggregate {
	var all []editedAggregate
	for _, p := range e.packages {
		for _, d := range slices.Concat(p.decls, p.second) {
			f, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			if b, ok := f.Value.(*ast.BinaryExpr); ok && written(b.X) == "schema.#Aggregate" {
				if body, ok := b.Y.(*ast.StructLit); ok {
					all = append(all, editedAggregate{p, f, body})
				}
			}
		}
	}
	return all
}

// section returns the struct of event or retired, and makes it if it is
// missing.
func (a editedAggregate) section(name string) *ast.StructLit {
	f := find(a.body.Elts, name)
	if f == nil {
		f = &ast.Field{Label: ast.NewIdent(name), Value: &ast.StructLit{}}
		a.body.Elts = append(a.body.Elts, f)
	}
	s, ok := f.Value.(*ast.StructLit)
	if !ok {
		s = &ast.StructLit{}
	}
	return s
}

// editedEvent is a current or retired event in a syntax tree.
type editedEvent struct {
	of      editedAggregate
	section string
	decl    *ast.Field
	body    *ast.StructLit
}

func (e *editor) events(sections ...string) []editedEvent {
	var all []editedEvent
	for _, a := range e.aggregates() {
		for _, section := range sections {
			for _, d := range a.section(section).Elts {
				if f, ok := d.(*ast.Field); ok {
					if body, ok := f.Value.(*ast.StructLit); ok {
						all = append(all, editedEvent{a, section, f, body})
					}
				}
			}
		}
	}
	return all
}

func (e *editor) event(sections ...string) (editedEvent, bool) {
	return anyOne(e, e.events(sections...))
}

// anyOne chooses one of several, if there are any.
func anyOne[T any](e *editor, all []T) (one T, ok bool) {
	if len(all) == 0 {
		return one, false
	}
	return all[e.IntN(len(all))], true
}

var versionLabel = regexp.MustCompile(`^v[0-9]+$`)

// last returns the number of an event's last version.
func (v editedEvent) last() int {
	n := 0
	for find(v.body.Elts, fmt.Sprintf("v%d", n+1)) != nil {
		n++
	}
	return n
}

// remove removes a declaration from a struct.
func remove(s *ast.StructLit, d ast.Decl) {
	s.Elts = slices.DeleteFunc(s.Elts, func(x ast.Decl) bool { return x == d })
}

// places are the parts of payloads and of their definitions that can be edited.
type places struct {
	fields []fieldPlace
	types  []*ast.Expr
	keys   []*ast.Expr // of maps
	lists  []*ast.StructLit
}

type fieldPlace struct {
	in    *ast.StructLit
	field *ast.Field
}

func (e *editor) places() *places {
	var all places
	for _, p := range e.packages {
		for _, d := range slices.Concat(p.decls, p.second) {
			if f, ok := d.(*ast.Field); ok && strings.HasPrefix(labelOf(d), "#") && !strings.HasPrefix(written(f.Value), "schema.#Aggregate") {
				all.expr(&f.Value)
			}
		}
	}
	for _, v := range e.events("event", "retired") {
		for _, d := range v.body.Elts {
			if versionLabel.MatchString(labelOf(d)) {
				all.expr(&d.(*ast.Field).Value)
			}
		}
	}
	return &all
}

func (p *places) expr(at *ast.Expr) {
	if *at == nil {
		return
	}
	p.types = append(p.types, at)
	switch x := (*at).(type) {
	case *ast.StructLit:
		p.lists = append(p.lists, x)
		for _, d := range x.Elts {
			f, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			if key, ok := f.Label.(*ast.ListLit); ok && len(key.Elts) == 1 {
				p.keys = append(p.keys, &key.Elts[0])
			} else {
				p.fields = append(p.fields, fieldPlace{x, f})
			}
			p.expr(&f.Value)
		}
	case *ast.ListLit:
		for i := range x.Elts {
			if more, ok := x.Elts[i].(*ast.Ellipsis); ok {
				p.expr(&more.Type)
			}
		}
	case *ast.BinaryExpr:
		p.expr(&x.X)
		p.expr(&x.Y)
	case *ast.UnaryExpr:
		p.expr(&x.X)
	case *ast.ParenExpr:
		p.expr(&x.X)
	case *ast.CallExpr:
		for i := range x.Args {
			p.expr(&x.Args[i])
		}
	}
}

// newName returns an unused name.
func (e *editor) newName() string {
	e.newNames++
	return fmt.Sprintf("new%d", e.newNames)
}
