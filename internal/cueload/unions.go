package cueload

import (
	"fmt"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// CUE evaluates every case of a union for every value, and every case of the
// unions in each of those. For a union that contains itself, the number of steps
// is the number of cases to the power of the depth. So before CUE checks values,
// unions are written in another form, for which CUE evaluates one case only: that
// of the tag. The union
//
//	#Payment: #Card | #Cash
//
// becomes
//
//	#Payment: {Tag="kind": string, _cases1[Tag]}
//	_cases1: {"card": #Card, "cash": #Cash}
//
// Both forms accept the same JSON if it has a tag. If the tag is missing and only
// one case fits, CUE fills the tag in. The generated decoder never does, and no
// test case depends on it.

// operand is one side of a | in a union, and the cases that it stands for.
// There are several if it is a union itself.
type operand struct {
	union *model.Type
	cases []*model.Named
}

// tagged is a file whose unions are being written by their tags.
type tagged struct {
	text     string
	file     int                   // the number of the file in its package
	operands map[model.Pos]operand // by position
	bounds   map[model.Pos][]model.Check
	inner    map[ast.Node]bool // unions that are part of the union around them
	edits    []edit            // in the order of the file, none inside another
	cases    strings.Builder   // the text that is added at the end of the file
}

// edit replaces a part of the file.
type edit struct {
	from, to int
	with     string
}

// taggedPackages evaluates the packages of a schema again, with their unions
// written by their tags, and bounds of decimals as patterns.
func (l *loader) taggedPackages() (*cue.Context, map[string]cue.Value, error) {
	ctx := cuecontext.New()
	again := &loader{source: l.source, byPath: l.byPath, instances: map[string]*build.Instance{}, ctx: ctx}
	bc := build.NewContext(build.Loader(again.instance))
	again.instances[metaPath] = again.metaInstance(bc)
	for _, f := range l.folders {
		inst := bc.NewInstance(f.dir, nil)
		inst.ImportPath, inst.Module = f.path, l.module
		for i, file := range f.files {
			text, err := taggedFile(i, file.Filename, l.text[file.Filename], l)
			if err != nil {
				return nil, nil, err
			}
			tagged, err := parser.ParseFile(file.Filename, text)
			if err == nil {
				if failed := inst.AddSyntax(tagged); failed != nil {
					err = failed
				}
			}
			if err != nil {
				return nil, nil, fmt.Errorf("write the unions of %s by their tags: %w", file.Filename, err)
			}
		}
		again.instances[f.path] = inst
	}
	packages := map[string]cue.Value{}
	for _, f := range l.folders {
		v := ctx.BuildInstance(again.instances[f.path])
		if err := v.Err(); err != nil {
			return nil, nil, fmt.Errorf("write the unions of package %s by their tags: %w", f.path, err)
		}
		packages[f.path] = v
	}
	return ctx, packages, nil
}

// taggedFile returns the text of a file with its unions written by their tags.
func taggedFile(file int, name, text string, of *loader) (string, error) {
	f, err := parser.ParseFile(name, text)
	if err != nil {
		return "", err
	}
	x := &tagged{text: text, file: file, operands: of.operands, bounds: of.bounds, inner: map[ast.Node]bool{}}
	ast.Walk(f, x.enter, x.leave)
	return x.between(0, len(text)) + "\n" + x.cases.String(), nil
}

// enter records which unions are part of the union around them.
func (x *tagged) enter(n ast.Node) bool {
	if b := union(n); b != nil {
		for _, side := range []ast.Expr{b.X, b.Y} {
			if part := union(bracketed(side)); part != nil {
				x.inner[part] = true
			}
		}
	}
	return true
}

// leave replaces a union if all of its sides are known cases.
func (x *tagged) leave(n ast.Node) {
	if f, ok := n.(*ast.Field); ok {
		x.bound(f)
	}
	b := union(n)
	if b == nil || x.inner[b] {
		return
	}
	from, to := b.Pos().Offset(), b.End().Offset()
	if by, ok := x.byTag(sides(nil, b), from); ok {
		x.between(from, to)
		x.edits = append(x.edits, edit{from, to, by})
	}
}

// between returns a part of the file with the edits in it, and removes these
// edits.
func (x *tagged) between(from, to int) string {
	var b strings.Builder
	at := from
	var outside []edit
	for _, e := range x.edits {
		if e.from < from || e.to > to {
			outside = append(outside, e)
			continue
		}
		b.WriteString(x.text[at:e.from] + e.with)
		at = e.to
	}
	x.edits = outside
	return b.String() + x.text[at:to]
}

// byTag writes a union, given by its sides, by its tag. ok is false if it is
// not a union of structs that was read.
func (x *tagged) byTag(all []ast.Expr, at int) (text string, ok bool) {
	of := x.operands[pos(unmarked(all[0]))].union
	if of == nil || of.Tag == "" {
		return "", false
	}
	for _, side := range all {
		if x.operands[pos(unmarked(side))].union != of {
			return "", false
		}
	}
	tag, hoist := "string", true
	var cases strings.Builder
	for _, side := range all {
		e := unmarked(side)
		hoist = hoist && isName(e)
		value := x.between(e.Pos().Offset(), e.End().Offset())
		for _, n := range x.operands[pos(e)].cases {
			label := literal.String.Quote(constOf(n, of.Tag).Text)
			fmt.Fprintf(&cases, "%s: %s, ", label, value)
			if e != side {
				tag = "*" + label + " | " + tag
			}
		}
	}
	from := "{" + cases.String() + "}"
	if hoist { // CUE evaluates them once, not for every value
		name := fmt.Sprintf("_ironstarCases%d_%d", x.file, at)
		fmt.Fprintf(&x.cases, "%s: %s\n", name, from)
		from = name
	}
	return fmt.Sprintf("{IronstarTag=%s: %s, %s[IronstarTag]}", literal.String.Quote(tagLabel(of)), tag, from), true
}

// tagLabel returns the name of a union's tag in CUE.
func tagLabel(union *model.Type) string {
	for _, f := range union.Arms[0].Type.Fields {
		if f.Name == union.Tag {
			return f.InCUE()
		}
	}
	return union.Tag
}

// union returns n if it is X | Y, and nil otherwise.
func union(n ast.Node) *ast.BinaryExpr {
	if b, ok := n.(*ast.BinaryExpr); ok && b.Op == token.OR {
		return b
	}
	return nil
}

// sides lists the operands of the | of a union, also those in brackets.
func sides(all []ast.Expr, e ast.Expr) []ast.Expr {
	if b := union(bracketed(e)); b != nil {
		return sides(sides(all, b.X), b.Y)
	}
	return append(all, bracketed(e))
}

func bracketed(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// unmarked returns the T of *T, and of T.
func unmarked(e ast.Expr) ast.Expr {
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.MUL {
		return bracketed(u.X)
	}
	return e
}

// isName reports whether e has the same meaning everywhere in its file.
func isName(e ast.Expr) bool {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return importOf(s.X) != ""
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	_, atTop := id.Scope.(*ast.File)
	return atTop || id.Scope == nil
}
