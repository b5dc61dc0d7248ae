package cueload

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// checker checks what can be seen in the text of a package alone, and what CUE
// should not be asked to compute.
type checker struct {
	*problems
	constants *constants
	pkg       string              // being checked: its import path
	imports   map[string]string   // of the file: local name to import path
	computes  bool                // something was found that may take CUE for ever
	tooLong   bool                // a constant was
	tops      map[*ast.Field]bool // the declarations at the top of files
	attrPos   map[attrKey]model.Pos
	docAt     map[model.Pos]string       // comments on members of unions
	declared  map[string]map[string]bool // import path to the names at its top
	steps     map[string]*steps          // import path to the upcasters of the package
}

// checkSyntax looks at every file.
func checkSyntax(s *source) *checker {
	x := &checker{problems: s.problems, constants: newConstants(s.folders), tops: map[*ast.Field]bool{}, docAt: map[model.Pos]string{}, attrPos: map[attrKey]model.Pos{},
		declared: map[string]map[string]bool{}, steps: map[string]*steps{}}
	x.declared[metaPath] = declarations([]*ast.File{metaFileAST()})
	for _, f := range s.folders {
		x.declared[f.path] = declarations(f.files)
	}
	for _, f := range s.folders {
		x.pkg = f.path
		x.steps[f.path] = stepsOf(f.files)
		for _, file := range f.files {
			x.file(file)
		}
	}
	return x
}

func (x *checker) file(f *ast.File) {
	placeDocs(f)
	x.imports = importsOf(f)
	for _, d := range f.Decls {
		x.top(d)
	}
	for _, d := range f.Decls {
		if _, ok := d.(*ast.Comprehension); !ok {
			ast.Walk(d, x.node, nil)
		}
	}
}

// top checks a declaration at the top of a file.
func (x *checker) top(d ast.Decl) {
	switch d := d.(type) {
	case *ast.Field:
		x.tops[d] = true
		x.topField(d)
	case *ast.Attribute:
		if name, _ := d.Split(); name != "ignore" {
			x.add(codeFileAttr, pos(d), "", "@%s at the top of a file is not supported", name)
		}
	case *ast.EmbedDecl:
		x.add(codeTopOther, pos(d), "write #Name: … & …", "what is embedded at the top of a file closes nothing: a misspelt field below it would pass")
		x.computes = true // CUE would make what is embedded, perhaps the language itself, part of the package
	case *ast.Comprehension:
		x.add(codeTopOther, pos(d), "write the declarations out", "a comprehension at the top of a file")
		x.computes = true
	case *ast.Ellipsis:
		x.add(codeTopOther, pos(d), "", "... at the top of a file has no meaning here")
	}
}

func (x *checker) topField(d *ast.Field) {
	name, isIdent, err := ast.LabelName(d.Label)
	switch {
	case err != nil:
		x.add(codeTopOther, pos(d.Label), "write #Name: …", "only names can be declared at the top of a file")
	case d.Constraint != token.ILLEGAL:
		x.add(codeTopOther, pos(d.Label), "write "+name+": …", "%s is a declaration, which is neither optional nor required", name)
	case isIdent && (strings.HasPrefix(name, "#") || strings.HasPrefix(name, "_")):
	default:
		hint := "write #" + exported(name) + ": …"
		if role := x.roleOf(d.Value); role != "" {
			hint = "write #" + exported(name) + ": schema." + role + " & {…}"
		}
		x.add(codeTopField, pos(d.Label), hint, "%s is a value: a schema declares definitions, which begin with #", name)
	}
}

// roleOf says which structure of the meta-schema an expression mentions.
func (x *checker) roleOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if role := x.roleOf(e.X); role != "" {
			return role
		}
		return x.roleOf(e.Y)
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok && x.imports[id.Name] == metaPath {
			if sel, ok := e.Sel.(*ast.Ident); ok && structural[sel.Name] {
				return sel.Name
			}
		}
	}
	return ""
}

// node refuses what is computed rather than declared. It is called for every
// node; false skips what is below.
func (x *checker) node(n ast.Node) bool {
	memberDoc(x.docAt, n)
	switch n := n.(type) {
	case *ast.Field:
		return x.label(n)
	case *ast.Comprehension:
		x.computed(n, "a comprehension")
		return false
	case *ast.Interpolation:
		return x.constant(n, "text that is put together from values")
	case *ast.CallExpr:
		return x.call(n)
	case *ast.SelectorExpr:
		x.selector(n)
	case *ast.BinaryExpr:
		return x.binary(n)
	case *ast.IndexExpr:
		return x.constant(n, "an index")
	case *ast.SliceExpr:
		x.computed(n, "a slice")
		return false
	case *ast.StructLit:
		for _, d := range n.Elts {
			if e, ok := d.(*ast.Ellipsis); ok {
				x.add(codeOpenStruct, pos(e), "take it away, or write a map: [string]: T", "an open struct may have any other field, and none of them would be kept")
			}
		}
	case *ast.Attribute:
		x.attribute(n)
	}
	return true
}

func (x *checker) computed(n ast.Node, what string) {
	x.computes = true
	x.add(codeComputed, pos(n), "write out what comes of it", "%s has no place in a schema yet", what)
}

// label stops at upcasters, whose expressions are for another check.
func (x *checker) label(f *ast.Field) bool {
	for _, a := range f.Attrs {
		name, _ := a.Split()
		x.attrPos[attrKey{pos(f.Label), name}] = pos(a)
	}
	name, _, err := ast.LabelName(f.Label)
	if err != nil {
		switch l := f.Label.(type) {
		case *ast.ParenExpr, *ast.Interpolation:
			x.computed(l, "a field name that is computed")
			return false
		}
		return true
	}
	if role := x.roleOf(f.Value); role != "" && !x.tops[f] && role != "#Payload" && role != "#Signals" {
		x.add(codeNotType, pos(f.Value), "declare it at the top: #"+typeName(name)+": schema."+role+" & {…}", "schema.%s is for definitions at the top of a file", role)
	}
	if x.steps[x.pkg].marks[f] {
		x.upcaster(f.Value)
		return false
	}
	return true
}

// binary keeps text and lists from being multiplied, and constants from growing
// without end.
func (x *checker) binary(n *ast.BinaryExpr) bool {
	switch n.Op {
	case token.AND, token.OR:
		return true
	}
	if bound := leftmostBound(n); bound != nil {
		x.computes = true
		x.add(codeComputed, pos(bound), "put what it compares with into brackets: "+bound.Op.String()+"(…)", "CUE reads this as (%s…) %s …: a comparison comes before a computation", bound.Op, n.Op)
		return false
	}
	switch n.Op {
	case token.ADD, token.SUB, token.QUO:
		if x.constants.of(x.pkg, n).kind == 0 {
			return true // the reader has more to say
		}
	}
	return x.constant(n, "a computation with "+n.Op.String())
}

// leftmostBound is the >2 of >2*_max, which CUE reads as (>2)*_max.
func leftmostBound(e ast.Expr) *ast.UnaryExpr {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		return leftmostBound(e.X)
	case *ast.UnaryExpr:
		if _, ok := textBounds[e.Op]; ok || e.Op == token.NEQ {
			return e
		}
	}
	return nil
}

// constant refuses an expression that is not made of constants, or becomes too
// long.
func (x *checker) constant(n ast.Expr, what string) bool {
	switch c := x.constants.of(x.pkg, n); {
	case c.kind == 0:
		x.computes = true
		x.add(codeComputed, pos(n), "write out what comes of it: only constants are computed", "%s has no place in a schema yet", what)
		return false
	case c.size > maxConstant:
		if !x.tooLong { // what is made of it is too long as well
			x.add(codeTooBig, pos(n), "", "what comes of this may have more than %d characters", maxConstant)
		}
		x.computes, x.tooLong = true, true
		return false
	}
	return true
}

// call checks calls of builtins: which, and with how many arguments.
func (x *checker) call(n *ast.CallExpr) bool {
	name := x.callName(n.Fun)
	op, ok := builtinOps[name]
	args := argsOf(op)
	switch {
	case name == "close" && len(n.Args) == 1, x.constants.of(x.pkg, n).kind != 0:
		return true
	case !ok:
		x.computes = true
		x.add(codeBuiltin, pos(n.Fun), builtinHint(name), "%s cannot be turned into Go", orThis(name))
		return false
	case len(n.Args) != args:
		x.computes = true
		x.add(codeCheck, pos(n.Fun), "", "%s takes %s here, not %d", name, count(args, "argument"), len(n.Args))
		return false
	}
	return true
}

// builtinHint is what to write instead of an unknown builtin.
func builtinHint(name string) string {
	if hint := nearest(name, keys(builtinOps), "did you mean %s?"); hint != "" {
		return hint
	}
	return "there are " + list(keys(builtinOps))
}

func orThis(name string) string {
	if name == "" {
		return "this call"
	}
	return name
}

// callName is the full name of what is called: "strings.MaxRunes".
func (x *checker) callName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		sel, isIdent := e.Sel.(*ast.Ident)
		if !ok || !isIdent {
			return ""
		}
		if path := x.imports[id.Name]; path != "" {
			return path + "." + sel.Name
		}
		return id.Name + "." + sel.Name
	}
	return ""
}

// selector finds names that a package of the domain, or the language, does not
// have: CUE sees that later than other unknown names.
func (x *checker) selector(n *ast.SelectorExpr) {
	id, ok := n.X.(*ast.Ident)
	sel, isIdent := n.Sel.(*ast.Ident)
	if !ok || !isIdent || x.declared[x.imports[id.Name]] == nil {
		return
	}
	path := x.imports[id.Name]
	if !x.declared[path][sel.Name] {
		x.add(codeName, pos(n), nearest(sel.Name, keys(x.declared[path]), "did you mean "+id.Name+".%s?"), "package %s has no %s", path, sel.Name)
	}
}

// declarations are the names at the top of a package's files.
func declarations(files []*ast.File) map[string]bool {
	names := map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil {
					names[name] = true
				}
			}
		}
	}
	return names
}

// attribute finds misspelt attributes: CUE allows any, for any tool.
func (x *checker) attribute(a *ast.Attribute) {
	name, _ := a.Split()
	if attributePlace[name] != "" {
		return
	}
	if hint := nearest(name, keys(attributePlace), "did you mean @%s(…)?"); hint != "" {
		x.add(codeAttribute, pos(a), hint, "there is no attribute @%s", name)
	}
}

// rolesOf lists the definitions of a package's files with the structure of the
// meta-schema that each is, from the text alone: for messages when CUE has no
// value to ask.
func rolesOf(f *folder) map[string]string {
	roles := map[string]string{}
	x := &checker{problems: &problems{}}
	for _, file := range f.files {
		x.imports = importsOf(file)
		for _, d := range file.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil {
					if role := x.roleOf(field.Value); role != "" || roles[name] == "" {
						roles[name] = role
					}
				}
			}
		}
	}
	return roles
}
