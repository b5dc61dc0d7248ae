package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// grammar examines the text of a package. It reports what CUE accepts and the
// reader would ignore: marks and attributes where they have no effect, and
// hidden fields that nothing refers to.
type grammar struct {
	*translator
	tops    map[string][]ast.Expr // expressions at the top of the package, by name
	used    map[string]bool       // names that are referred to
	visited map[ast.Expr]bool     // values of hidden fields that were checked where they are used
}

// checkGrammar checks every package and reports whether all of their text has
// an effect.
func (l *loader) checkGrammar() bool {
	before := len(l.problems.errs)
	for _, f := range l.folders {
		g := &grammar{&translator{loader: l, folder: f, roles: rolesOf(f)}, map[string][]ast.Expr{}, map[string]bool{}, map[ast.Expr]bool{}}
		var fields []*ast.Field
		for _, file := range f.files {
			for _, d := range file.Decls {
				if field, ok := d.(*ast.Field); ok {
					fields = append(fields, field)
					if label, _, err := ast.LabelName(field.Label); err == nil {
						g.tops[label] = append(g.tops[label], field.Value)
					}
				}
			}
			ast.Walk(file, g.note, nil)
		}
		g.top(fields)
	}
	return !slices.ContainsFunc(l.problems.errs[before:], func(e *Error) bool { return e.Code == codeMark || e.Code == codeSection || e.Code == codeBadName })
}

// note records the names that are referred to.
func (g *grammar) note(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Field: // its label is not a reference
		if n.Value != nil {
			ast.Walk(n.Value, g.note, nil)
		}
		if _, _, err := ast.LabelName(n.Label); err != nil {
			ast.Walk(n.Label, g.note, nil)
		}
		return false
	case *ast.Ident:
		g.used[n.Name] = true
	case *ast.SelectorExpr:
		if label, _, err := ast.LabelName(n.Sel); err == nil {
			g.used[label] = true
		}
	}
	return true
}

// top checks the declarations of a package. It checks hidden fields last,
// because it then knows which of them are values of other fields.
func (g *grammar) top(fields []*ast.Field) {
	var hidden []*ast.Field
	for _, f := range fields {
		label, _, err := ast.LabelName(f.Label)
		if err != nil {
			continue
		}
		if strings.HasPrefix(label, "_") {
			hidden = append(hidden, f)
			continue
		}
		p := slotType
		switch g.roles[label] {
		case "#Aggregate":
			p = slotAggregate
		case "#View":
			p = slotView
		case "#Process":
			p = slotProcess
		case "#Query":
			p = slotQuery
		case "#Signals":
			p = slotParams
		}
		g.attributes(f.Attrs, p)
		g.value(f.Value, p, []string{label})
	}
	for _, f := range hidden {
		if _, constant := f.Value.(*ast.BasicLit); constant { // an unused constant does no harm, as in Go
			g.attributes(f.Attrs, slotHidden)
			continue
		}
		g.hidden(f)
		if !g.visited[f.Value] {
			g.value(f.Value, slotType, nil)
		}
	}
}

// hidden checks a field whose name begins with an underscore, or a definition
// inside another.
func (g *grammar) hidden(f *ast.Field) {
	label, _, _ := ast.LabelName(f.Label)
	if !g.used[label] {
		g.problems.add(codeHidden, pos(f.Label), "a field that is stored or sent begins with a letter", "%s is no field of a value, and nothing refers to it", label)
	}
	g.attributes(f.Attrs, slotHidden)
}

// field checks a field. in is the slot of the struct around it; path is for
// messages.
func (g *grammar) field(f *ast.Field, in slot, path []string) {
	label, bare, err := ast.LabelName(f.Label)
	if err != nil {
		g.keys(f, path)
		return
	}
	if bare && (strings.HasPrefix(label, "_") || strings.HasPrefix(label, "#")) { // in quotes it is an ordinary field
		g.hidden(f)
		g.mark(f, slotHidden)
		g.value(f.Value, slotType, nil)
		return
	}
	here := in.part(label)
	switch path := append(slices.Clone(path), label); {
	case in == slotSection || in == slotWaits:
		here = g.entry(path)
		fallthrough
	default:
		if !g.misspelt(f, in, here, path) {
			g.mark(f, here)
		}
		g.attributes(f.Attrs, here)
		g.value(f.Value, here, path)
	}
}

// entry returns the slot of a name in a section of an aggregate or a process.
func (g *grammar) entry(path []string) slot {
	switch path[len(path)-2] {
	case "event", "retired":
		return slotEvent
	case "timer":
		return slotTimer
	case "effect":
		return slotEffect
	}
	return slotName
}

// misspelt reports a name that the slot does not have. CUE itself reports such
// names, except those of optional fields.
func (g *grammar) misspelt(f *ast.Field, in, here slot, path []string) bool {
	label := path[len(path)-1]
	wrong := here == slotUnknown
	switch {
	case f.Constraint == token.ILLEGAL || path[0] == "":
		return false
	case in == slotSection || in == slotSetting || in == slotWaits || in == slotSend:
		wrong = !isTypeName(label)
	case slices.Contains([]slot{slotName, slotVersion, slotParams, slotTimer, slotData, slotMore, slotAsking}, in) && here == slotField:
		wrong = !isFieldName(label)
	}
	if wrong {
		out := &Error{Pos: pos(f.Label)}
		g.notAllowed(out, path)
		g.problems.put(out)
	}
	return wrong
}

// keys checks [K]: V.
func (g *grammar) keys(f *ast.Field, path []string) {
	g.mark(f, slotKeys)
	g.attributes(f.Attrs, slotKeys)
	if _, pattern := f.Label.(*ast.ListLit); pattern { // the (k): of a step is not a pattern
		g.always(f.Value, "a value of a map")
	}
	g.value(f.Value, slotField, path)
}

func (g *grammar) mark(f *ast.Field, p slot) {
	if f.Constraint == token.ILLEGAL || p == slotUnknown || slots[p].marks {
		return
	}
	mark := f.Constraint.String()
	g.problems.add(codeMark, pos(f.Label), "take it away", "the %s says nothing behind %s: it is about fields of values", mark, slots[p].what)
}

// value checks the value of a slot.
func (g *grammar) value(e ast.Expr, p slot, path []string) {
	switch e := e.(type) {
	case *ast.StructLit:
		g.members(e, p, path)
	case *ast.BinaryExpr:
		if union(e) == nil {
			g.value(e.X, p, path)
			g.value(e.Y, p, path)
			return
		}
		g.defaults(e, p)
		for _, side := range sides(nil, e) {
			g.value(side, p, path)
		}
	case *ast.ParenExpr:
		g.value(e.X, p, path)
	case *ast.UnaryExpr:
		g.value(e.X, p, path)
	case *ast.ListLit:
		for _, x := range e.Elts {
			g.value(x, p.element(), path)
		}
	case *ast.Ellipsis:
		g.always(e.Type, "an element")
		g.value(e.Type, p, path)
	case *ast.Ident:
		if !strings.HasPrefix(e.Name, "_") {
			return
		}
		for _, to := range g.tops[e.Name] {
			if !g.visited[to] {
				g.visited[to] = true
				g.value(to, p, path)
			}
		}
	}
}

func (g *grammar) members(s *ast.StructLit, p slot, path []string) {
	for _, d := range s.Elts {
		switch d := d.(type) {
		case *ast.Field:
			if p == slotEvent && inBrackets(s) {
				g.eventVersion(d.Attrs)
			}
			g.field(d, p, path)
		case *ast.EmbedDecl:
			g.value(d.Expr, p, path)
		case *ast.Attribute:
			g.attributes([]*ast.Attribute{d}, p)
			if p == slotVersion {
				g.eventVersion([]*ast.Attribute{d})
			}
		case *ast.Comprehension:
			g.value(d.Value, p, path)
		}
	}
}
