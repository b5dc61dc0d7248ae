package templates

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
	"golang.org/x/mod/modfile"
)

// constant is the declared value of a constant; nil for those of iota.
type constant struct{ value ast.Expr }

// safe are functions whose results are safe within an expression, whatever their
// arguments are: of package live by their documentation, and numbers.
var safe = map[string]bool{
	"live.Expression": true, "live.OpenFeed": true,
	"strconv.Itoa": true, "strconv.FormatInt": true, "strconv.FormatUint": true, "strconv.FormatBool": true,
}

// parsedExpr returns nil if the text is no expression: templ says so too.
func parsedExpr(text string) ast.Expr {
	e, err := parser.ParseExpr(strings.TrimSuffix(strings.TrimSpace(text), "..."))
	if err != nil {
		return nil
	}
	return e
}

// isSafe reports whether an expression has no part that a person could have written.
func (t *template) isSafe(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.ParenExpr:
		return t.isSafe(e.X)
	case *ast.BinaryExpr:
		return t.isSafe(e.X) && t.isSafe(e.Y)
	case *ast.Ident, *ast.SelectorExpr:
		return t.isConstant(e)
	case *ast.CallExpr:
		return t.isSafeCall(e)
	}
	return false
}

func (t *template) isSafeCall(e *ast.CallExpr) bool {
	name := t.nameOf(e.Fun)
	switch {
	case safe[name]:
		return true
	case strings.HasSuffix(name, ".Ref") && len(e.Args) == 0 && isSignal(name):
		return true
	case name == "string" || name == "fmt.Sprint" || name == "fmt.Sprintf":
		for _, a := range e.Args {
			if !t.isSafe(a) {
				return false
			}
		}
		return len(e.Args) > 0
	}
	return false
}

// isSignal reports whether a name is that of a generated signal: todo.FormSignals.Text.Ref.
func isSignal(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if strings.HasSuffix(part, "Signals") {
			return true
		}
	}
	return false
}

// nameOf returns "a.b.c" for identifiers and selections, else "".
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if of := nameOf(e.X); of != "" {
			return of + "." + e.Sel.Name
		}
	}
	return ""
}

// nameOf returns the name of a function, with the package as Go files usually
// import it. It returns "" for names that the component declares.
func (t *template) nameOf(e ast.Expr) string {
	name := nameOf(e)
	of, rest, isMember := strings.Cut(name, ".")
	switch path := t.imports[of]; {
	case t.locals[of]:
		return ""
	case isMember && path == "ironstar.dev/live":
		return "live." + rest
	case isMember && (path == "fmt" || path == "strconv"):
		return path + "." + rest
	case of == "live" || of == "fmt" || of == "strconv":
		return "" // another package of that name
	}
	return name
}

// isConstant reports whether a name is that of a constant of this package, or of
// another one of the application.
func (t *template) isConstant(e ast.Expr) bool {
	_, ok := t.constant(e)
	return ok
}

func (t *template) constant(e ast.Expr) (constant, bool) {
	name := nameOf(e)
	of, member, isMember := strings.Cut(name, ".")
	if name == "" || t.locals[of] {
		return constant{}, false
	}
	if !isMember {
		c, ok := t.constantsIn(t.folder)[name]
		return c, ok
	}
	path, ok := t.imports[of]
	if !ok {
		return constant{}, false
	}
	folder, ok := folderOf(t.root, path)
	if !ok {
		return constant{}, false
	}
	c, ok := t.constantsIn(folder)[member]
	return c, ok
}

// textOf returns the value of a constant text.
func (t *template) textOf(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return t.textOf(e.X)
	case *ast.BinaryExpr:
		a, okA := t.textOf(e.X)
		b, okB := t.textOf(e.Y)
		return a + b, okA && okB && e.Op == token.ADD
	case *ast.Ident, *ast.SelectorExpr:
		if c, ok := t.constant(e); ok {
			if lit, isLit := c.value.(*ast.BasicLit); isLit {
				return t.textOf(lit)
			}
		}
	}
	return "", false
}

// folderOf returns the folder of a package of the application's module.
func folderOf(root, path string) (string, bool) {
	src, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return "", false
	}
	rest, ok := strings.CutPrefix(path+"/", modfile.ModulePath(src)+"/")
	return filepath.Join(root, filepath.FromSlash(rest)), ok
}

// constantsIn returns the constants that the Go files and templates of a folder
// declare. Files that are no Go have none.
func (c *checker) constantsIn(folder string) map[string]constant {
	if known, ok := c.folders[folder]; ok {
		return known
	}
	all := map[string]constant{}
	c.folders[folder] = all
	entries, _ := os.ReadDir(folder) // a folder that is not there has no constants
	for _, e := range entries {
		src, err := os.ReadFile(filepath.Join(folder, e.Name()))
		switch {
		case err != nil:
		case strings.HasSuffix(e.Name(), ".go"):
			addConstants(all, string(src))
		case strings.HasSuffix(e.Name(), ".templ"):
			if tree, err := parsed(string(src)); err == nil {
				for _, n := range tree.Nodes {
					if code, ok := n.(*templ.TemplateFileGoExpression); ok {
						addConstants(all, "package p\n"+code.Expression.Value)
					}
				}
			}
		}
	}
	return all
}

func addConstants(all map[string]constant, src string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil || file == nil {
		return
	}
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.CONST {
			continue
		}
		for _, s := range decl.Specs {
			spec := s.(*ast.ValueSpec)
			for i, name := range spec.Names {
				var c constant
				if i < len(spec.Values) {
					c.value = spec.Values[i]
				}
				all[name.Name] = c
			}
		}
	}
}

// localsOf returns the names that a component declares: its parameters, and
// variables of its code. They hide constants of the same name.
func localsOf(n *templ.HTMLTemplate) map[string]bool {
	names := map[string]bool{}
	declared(names, "func "+n.Expression.Value+"{}", "")
	v := visitor.New()
	within := func(before string, e templ.Expression, after string) {
		declared(names, "func _() {"+before+e.Value, after+"}")
	}
	ifs, fors, switches := v.IfExpression, v.ForExpression, v.SwitchExpression
	v.IfExpression = func(n *templ.IfExpression) error {
		within("if ", n.Expression, "{}")
		for _, e := range n.ElseIfs {
			within("if ", e.Expression, "{}")
		}
		return ifs(n)
	}
	v.ForExpression = func(n *templ.ForExpression) error {
		within("for ", n.Expression, "{}")
		return fors(n)
	}
	v.SwitchExpression = func(n *templ.SwitchExpression) error {
		within("switch ", n.Expression, "{}")
		return switches(n)
	}
	v.GoCode = func(n *templ.GoCode) error {
		within("", n.Expression, "")
		return nil
	}
	_ = n.Visit(v) // the functions return no errors
	return names
}

// declared adds the names that code declares. Code that is no Go makes every name
// of it one that is declared.
func declared(names map[string]bool, code, after string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code+after, parser.SkipObjectResolution)
	if file == nil {
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			addNames(names, n.Names)
		case *ast.ValueSpec:
			addNames(names, n.Names)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				addExprs(names, n.Lhs...)
			}
		case *ast.RangeStmt:
			addExprs(names, n.Key, n.Value)
		case *ast.Ident:
			if err != nil {
				names[n.Name] = true
			}
		}
		return true
	})
}

func addNames(names map[string]bool, ids []*ast.Ident) {
	for _, id := range ids {
		names[id.Name] = true
	}
}

func addExprs(names map[string]bool, exprs ...ast.Expr) {
	for _, e := range exprs {
		if id, ok := e.(*ast.Ident); ok {
			names[id.Name] = true
		}
	}
}
