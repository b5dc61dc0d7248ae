package add

import (
	"go/ast"
	"go/format"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// opsPackage is the import path of package ops.
const opsPackage = "ironstar.dev/ops"

// HasApp reports whether the file has the literal ops.App{…}.
func (f *GoFile) HasApp() bool { return f.app() != nil }

func (f *GoFile) app() *ast.CompositeLit {
	name := f.Imported(opsPackage)
	if name == "" {
		return nil
	}
	return f.literal(name, "App")
}

// literal returns the first literal of a type of an imported package.
func (f *GoFile) literal(pkg, typ string) *ast.CompositeLit {
	var found *ast.CompositeLit
	ast.Inspect(f.file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok || found != nil {
			return found == nil
		}
		if sel, ok := lit.Type.(*ast.SelectorExpr); ok && sel.Sel.Name == typ {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == pkg {
				found = lit
			}
		}
		return found == nil
	})
	return found
}

// HasDomain reports whether the file has the literal of a domain.
func (f *GoFile) HasDomain(http string) bool { return f.literal(http, "Domain") != nil }

// HasOtherDomains reports whether one of the domains that its ops.App lists is no
// literal, but for example a variable.
func (f *GoFile) HasOtherDomains() bool {
	app := f.app()
	if app == nil {
		return false
	}
	domains := valueOf(app, "Domains")
	if domains == nil {
		return false
	}
	list, ok := domains.Value.(*ast.CompositeLit)
	return ok && slices.ContainsFunc(list.Elts, func(x ast.Expr) bool {
		if pointer, ok := x.(*ast.UnaryExpr); ok {
			x = pointer.X
		}
		_, ok := x.(*ast.CompositeLit)
		return !ok
	})
}

// Sets reports whether the file sets a field of the literal of a domain. http is the
// name of its package in the file.
func (f *GoFile) Sets(http, field string) bool {
	return f.HasDomain(http) && valueOf(f.literal(http, "Domain"), field) != nil
}

func valueOf(lit *ast.CompositeLit, key string) *ast.KeyValueExpr {
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if k, ok := kv.Key.(*ast.Ident); ok && k.Name == key {
				return kv
			}
		}
	}
	return nil
}

// Replace puts another field in place of one of the literal of a domain. It returns
// false, and changes nothing, unless the field has exactly that value.
func (f *GoFile) Replace(http, field, value, by string) (bool, error) {
	lit := f.literal(http, "Domain")
	if lit == nil {
		return false, nil
	}
	entry := valueOf(lit, field)
	if entry == nil || string(f.text[f.offset(entry.Value.Pos()):f.offset(entry.Value.End())]) != value {
		return false, nil
	}
	text := slices.Concat(f.text[:f.offset(entry.Pos())], []byte(by), f.text[f.offset(entry.End()):])
	if same, err := format.Source(text); err == nil && f.clean {
		text = same
	}
	return true, f.set(text)
}

// DropImport removes an import that nothing uses any more.
func (f *GoFile) DropImport(importPath string) error {
	name := f.Imported(importPath)
	used := false
	ast.Inspect(f.file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			x, ok := sel.X.(*ast.Ident)
			used = used || ok && x.Name == name
		}
		return true
	})
	for _, i := range f.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil && p == importPath && !used {
			start, end := lineStart(f.text, f.offset(i.Pos())), f.offset(i.End())
			if strings.TrimSpace(string(f.text[start:f.offset(i.Pos())])) != "" {
				return nil // import "x" on a line of its own: the compiler says that nothing uses it
			}
			end = min(lineEnd(f.text, end)+1, len(f.text))
			return f.set(slices.Concat(f.text[:start], f.text[end:]))
		}
	}
	return nil
}

// SetsInApp reports whether the file sets a field of its ops.App.
func (f *GoFile) SetsInApp(field string) bool {
	app := f.app()
	return app != nil && valueOf(app, field) != nil
}

// WireApp puts a line into its ops.App.
func (f *GoFile) WireApp(line string) error {
	app := f.app()
	if app == nil {
		return ErrByHand
	}
	return f.fill(app, line+"\n")
}

// Wire puts lines of fields into the literal of the domain, and makes the literal
// if there is none.
func (f *GoFile) Wire(httpName string, lines []string) error {
	block := strings.Join(lines, "\n") + "\n"
	if lit := f.literal(httpName, "Domain"); lit != nil {
		return f.fill(lit, block)
	}
	app := f.app()
	if app == nil {
		return ErrByHand
	}
	text := httpName + ".Domain{\n" + indented(block, "\t") + "}"
	domains := valueOf(app, "Domains")
	if domains == nil {
		return f.fill(app, "Domains: []"+f.Imported(opsPackage)+".Domain{"+text+"},\n")
	}
	list, ok := domains.Value.(*ast.CompositeLit)
	if !ok {
		return ErrByHand
	}
	if f.isOnOneLine(list.Lbrace, list.Rbrace) || len(list.Elts) > 0 && !f.endsLine(list.Elts[len(list.Elts)-1]) {
		at := f.offset(list.Rbrace)
		indent := indentAt(f.text, f.offset(list.Rbrace))
		text = strings.TrimLeft(indented(text, indent), "\t ")
		if len(list.Elts) > 0 {
			text = ", " + text
			at = f.offset(list.Elts[len(list.Elts)-1].End())
		}
		return f.put(insertion{at, text})
	}
	return f.fill(list, text+",\n")
}

// fill puts lines before the closing brace of a literal.
func (f *GoFile) fill(lit *ast.CompositeLit, block string) error {
	end := f.offset(lit.Rbrace)
	start := lineStart(f.text, end)
	indent := indentAt(f.text, end)
	if f.isOnOneLine(lit.Lbrace, lit.Rbrace) {
		comma := ""
		if len(lit.Elts) > 0 {
			comma = ","
			end = f.offset(lit.Elts[len(lit.Elts)-1].End())
			return f.put(insertion{end, comma + "\n" + indented(block, indent+"\t") + indent}, insertion{end, comma + " " + strings.TrimSuffix(strings.TrimSpace(block), ",")})
		}
		return f.put(insertion{end, "\n" + indented(block, indent+"\t") + indent})
	}
	if strings.TrimSpace(string(f.text[start:end])) != "" {
		return ErrByHand
	}
	block = indented(block, indent+"\t")
	return f.put(insertion{start, block}, insertion{start, "\n" + block})
}

func (f *GoFile) isOnOneLine(from, to token.Pos) bool {
	return f.fset.Position(from).Line == f.fset.Position(to).Line
}

// endsLine reports whether nothing but a comma and a comment is behind a node.
func (f *GoFile) endsLine(n ast.Node) bool {
	end := f.offset(n.End())
	rest := strings.TrimSpace(string(f.text[end:lineEnd(f.text, end)]))
	rest = strings.TrimSpace(strings.TrimPrefix(rest, ","))
	return rest == "" || strings.HasPrefix(rest, "//")
}
