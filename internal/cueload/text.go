package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"

	"ironstar.dev/internal/model"
)

func slicesDelete[T any](s []T, del func(T) bool) []T { return slices.DeleteFunc(s, del) }

var builtinPackages = map[string]bool{
	"strings": true, "list": true, "struct": true, "math": true, "time": true, "regexp": true, "strconv": true, "net": true,
}

func (p *problems) cue(err error, code string) {
	for _, e := range errors.Errors(errors.Sanitize(errors.Promote(err, ""))) {
		var at []model.Pos
		for _, q := range errors.Positions(e) {
			if q.Filename() != metaFile {
				at = append(at, posOf(q))
			}
		}
		x := &Error{Code: code, Message: oneLine(e.Error()), Raw: e.Error()}
		if len(at) > 0 {
			x.Pos, x.Also = at[0], at[1:]
		}
		p.put(x)
	}
}

func (s *source) checkText(name string, data []byte) bool { return true }
func checkSyntax(s *source, p *problems)                  {}
func (r *reader) compiles(text string, at model.Pos) bool { return true }
func kindName(k model.Kind) string                        { return "?" }

// packageDoc is the comment on a file's package clause.
func packageDoc(f *ast.File) string {
	p := packageClause(f)
	if p == nil {
		return ""
	}
	var parts []string
	for _, g := range ast.Comments(p) {
		if g.Doc {
			parts = append(parts, strings.TrimSpace(g.Text()))
		}
	}
	return strings.Join(parts, "\n\n")
}
func (r *reader) nameGo(pkg *model.Package) {
	for _, n := range pkg.Types {
		n.GoName, n.TSName = exported(n.Name), exported(n.Name)
	}
}
