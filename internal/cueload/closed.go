package cueload

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// A definition is closed: #Base & {text: string} is an error, because & cannot add
// a field. {#Base, text: string} is another struct, with the fields of #Base and
// one more.

// extended returns the definition that & was meant to extend with the field at
// a position, as it is written there. It returns "" if & does not add that
// field.
func extended(files []*ast.File, at model.Pos) (name string) {
	for _, file := range files {
		if file.Filename != at.File {
			continue
		}
		ast.Walk(file, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok || b.Op != token.AND || name != "" {
				return name == ""
			}
			all := operands(nil, b)
			for i, side := range all {
				if s, ok := bracketed(side).(*ast.StructLit); ok && declares(s, at) {
					name = nameAmong(append(all[:i:i], all[i+1:]...))
				}
			}
			return name == ""
		}, nil)
	}
	return name
}

// declares reports whether a field of a struct is written at a position.
func declares(s *ast.StructLit, at model.Pos) bool {
	for _, d := range s.Elts {
		if f, ok := d.(*ast.Field); ok && pos(f.Label) == at {
			return true
		}
	}
	return false
}

// nameAmong returns the first definition among expressions: #Base, base.#Base.
func nameAmong(all []ast.Expr) string {
	for _, e := range all {
		switch e := bracketed(e).(type) {
		case *ast.Ident:
			if strings.Contains(e.Name, "#") {
				return e.Name
			}
		case *ast.SelectorExpr:
			id, ok := e.X.(*ast.Ident)
			if sel, _, err := ast.LabelName(e.Sel); ok && err == nil {
				return id.Name + "." + sel
			}
		}
	}
	return ""
}

// notAdded returns how to add a field to a definition.
func notAdded(name, field string) string {
	return fmt.Sprintf("write {%s, %s: …}: a definition is closed, and & adds no field to it", name, field)
}

// reportImpossible explains a field that cannot have any value. It is called for optional
// fields, because CUE itself reports required ones.
func (r *reader) reportImpossible(v cue.Value, pos model.Pos, at site) {
	why := ""
	for _, e := range errors.Errors(v.Err()) {
		format, args := e.Msg()
		why = oneLine(patternNames().Replace(fmt.Sprintf(format, args...)))
		break
	}
	label := pos
	if l := r.label(v); l != nil {
		label = l.pos
	}
	sels := v.Path().Selectors()
	if strings.Contains(why, "empty disjunction") {
		why = "" // the cases explain it
	}
	switch {
	case strings.HasPrefix(why, "field not allowed") && len(sels) > 0:
		field := sels[len(sels)-1].Unquoted()
		hint := "a definition is closed: what embeds or extends it elsewhere cannot add fields"
		where := "this"
		if name := extended(r.byPath[r.pkg.Path].files, label); name != "" {
			where, hint = name, notAdded(name, sels[len(sels)-1].String())
		}
		r.problems.add(codeSection, label, hint, "%s has no field %q", where, field)
	case why != "":
		r.problems.add(codeValue, pos, "", "%s cannot have any value: %s", at.what, why)
	default:
		r.problems.add(codeValue, pos, "", "%s cannot have any value", at.what)
	}
}
