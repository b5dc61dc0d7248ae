package cueload

import (
	"slices"
	"strings"
	"unicode"

	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// names lists the names that a package can refer to: its definitions, its
// hidden fields, its imports, and those of CUE.
func (t *translator) names() []string {
	out := []string{"string", "int", "number", "bool", "uint", "int32", "int64", "uint8"}
	for name := range t.roles {
		out = append(out, name)
	}
	for _, file := range t.folder.files {
		out = append(out, keys(importsOf(file))...)
	}
	for _, l := range t.labels() {
		if strings.HasPrefix(l, "_") || strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func localName(spec *ast.ImportSpec, path string) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	return packageAsked(path)
}

// labels lists all field names in a package.
func (t *translator) labels() []string {
	seen := map[string]bool{}
	for _, file := range t.folder.files {
		ast.Walk(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.Field); ok {
				if name, _, err := ast.LabelName(f.Label); err == nil {
					seen[name] = true
				}
			}
			return true
		}, nil)
	}
	return keys(seen)
}

// locate returns the position of a path, or of its longest part that exists.
func locate(f *folder, path []string) model.Pos {
	best, depth := model.Pos{}, 0
	for _, file := range f.files {
		for _, d := range file.Decls {
			if at, n := locateIn(d, path); n > depth {
				best, depth = at, n
			}
		}
	}
	if depth == 0 && len(f.files) > 0 {
		return startOf(f.files[0], f.files[0].Filename)
	}
	return best
}

func locateIn(n ast.Node, path []string) (at model.Pos, depth int) {
	switch n := n.(type) {
	case *ast.Field:
		name, _, err := ast.LabelName(n.Label)
		if err != nil || len(path) == 0 || name != strings.Trim(path[0], `"`) {
			return model.Pos{}, 0
		}
		if at, depth := locateIn(n.Value, path[1:]); depth > 0 {
			return at, depth + 1
		}
		return pos(n.Label), 1
	case *ast.StructLit:
		for _, d := range n.Elts {
			if a, k := locateIn(d, path); k > depth {
				at, depth = a, k
			}
		}
	case *ast.BinaryExpr:
		at, depth = locateIn(n.X, path)
		if a, k := locateIn(n.Y, path); k > depth {
			return a, k
		}
	}
	return at, depth
}

// isTypeName and isFieldName are the patterns #TypeName and #FieldName of the
// meta-schema.
func isTypeName(s string) bool  { return s != "" && isASCIIWord(s) && s[0] >= 'A' && s[0] <= 'Z' }
func isFieldName(s string) bool { return s != "" && isASCIIWord(s) && s[0] >= 'a' && s[0] <= 'z' }

func isASCIIWord(s string) bool {
	for _, r := range s {
		if r >= 0x80 || !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return false
		}
	}
	return true
}

// typeName and fieldName suggest a valid name.
func typeName(s string) string {
	var b strings.Builder
	for _, w := range naming.Words(s) {
		b.WriteString(strings.ToUpper(w[:1]) + w[1:])
	}
	if !isTypeName(b.String()) {
		return "Name"
	}
	return b.String()
}

func fieldName(s string) string {
	t := typeName(s)
	return strings.ToLower(t[:1]) + t[1:]
}
