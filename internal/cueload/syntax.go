package cueload

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// checker checks what can be seen in the text of a package, and refuses what
// CUE should not have to compute.
type checker struct {
	*problems
	constants *constants
	pkg       string                      // import path of the package that is being checked
	imports   map[string]string           // of the file: local name to import path
	computes  bool                        // there is an expression whose evaluation by CUE may never end
	tooLong   bool                        // a constant that is too long was reported
	said      map[*ast.Comprehension]bool // conditions that have been reported
	tops      map[*ast.Field]bool         // declarations at the top of files
	attrPos   map[attrKey]model.Pos
	docAt     map[model.Pos]string       // comments on members of unions
	declared  map[string]map[string]bool // import path to the names at its top
	steps     map[string]*steps          // import path to the upcasters of the package
}

// checkSyntax checks every file.
func checkSyntax(s *source) *checker {
	x := &checker{problems: s.problems, constants: newConstants(s.folders), tops: map[*ast.Field]bool{}, docAt: map[model.Pos]string{}, attrPos: map[attrKey]model.Pos{},
		declared: map[string]map[string]bool{}, steps: map[string]*steps{}, said: map[*ast.Comprehension]bool{}}
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
	x.hiding(f)
	for _, d := range f.Decls {
		x.top(d)
	}
	for _, d := range f.Decls {
		switch d.(type) {
		case *ast.Comprehension, *ast.Attribute: // top has reported it
		default:
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
		x.computes = true // CUE would make the embedded value, perhaps the language itself, part of the package
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
		hint := "write #" + naming.Exported(name) + ": …"
		if role := x.roleOf(d.Value); role != "" {
			hint = "write #" + naming.Exported(name) + ": schema." + role + " & {…}"
		}
		x.add(codeTopField, pos(d.Label), hint, "%s is a value: a schema declares definitions, which begin with #", name)
	}
}

// roleOf returns the structure of the meta-schema that an expression mentions,
// or "".
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

// node refuses computed values. It is called for every node and returns false
// to skip the nodes inside.
func (x *checker) node(n ast.Node) bool {
	memberDoc(x.docAt, n)
	switch n := n.(type) {
	case *ast.Field:
		return x.label(n)
	case *ast.Comprehension:
		if !x.said[n] {
			x.computed(n, "a comprehension")
		}
		return false
	case *ast.Interpolation:
		return x.constant(n, "text that is put together from values")
	case *ast.CallExpr:
		return x.call(n)
	case *ast.SelectorExpr:
		x.selector(n)
	case *ast.BinaryExpr:
		return x.binary(n)
	case *ast.PostfixExpr:
		if n.Op == token.OPTION {
			x.add(codeMark, pos(n), "write name?: T", "a ? stands behind the name of a field, not behind its type")
		}
	case *ast.IndexExpr:
		return x.constant(n, "an index")
	case *ast.SliceExpr:
		x.computed(n, "a slice")
		return false
	case *ast.StructLit:
		x.conditional(n)
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

// label stops at upcasters, whose expressions have another check.
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

// binary refuses multiplication of texts and lists, and constants that grow
// without limit.
func (x *checker) binary(n *ast.BinaryExpr) bool {
	switch n.Op {
	case token.AND, token.OR:
		return true
	}
	if hint := otherOperator(n); hint != "" && x.constants.of(x.pkg, n).kind == 0 {
		x.computes = true
		x.add(codeComputed, pos(n), hint, "%s has no place in a type", n.Op)
		return false
	}
	if bound := leftmostBound(n); bound != nil {
		x.computes = true
		x.add(codeComputed, pos(bound), "put what it compares with into brackets: "+bound.Op.String()+"(…)", "CUE reads this as (%s…) %s …: a comparison comes before a computation", bound.Op, n.Op)
		return false
	}
	switch n.Op {
	case token.ADD, token.SUB, token.QUO:
		if x.constants.of(x.pkg, n).kind == 0 {
			return true // the reader reports it
		}
	}
	return x.constant(n, "a computation with "+n.Op.String())
}

// otherOperator returns what to write instead of an operator that other
// languages have between types and constraints. It returns "" for other uses.
func otherOperator(n *ast.BinaryExpr) string {
	switch n.Op {
	case token.LAND:
		return "write & between what must both hold: >=1 & <=5"
	case token.LOR:
		return `write | between alternatives: "a" | "b"`
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		if leftmostBound(n) != nil {
			return ""
		}
		if call, ok := bracketed(n.X).(*ast.CallExpr); ok {
			if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "len" {
				return "write how long a text may be as strings.MinRunes(1) & strings.MaxRunes(40), a list as list.MinItems(1) & list.MaxItems(40)"
			}
		}
		return "write a constraint without the name: >=1 & <=5, !=0, or the value alone for =="
	}
	return ""
}

// leftmostBound returns the >2 of >2*_max, which CUE parses as (>2)*_max.
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

// constant refuses an expression that does not consist of constants, or whose
// value is too long.
func (x *checker) constant(n ast.Expr, what string) bool {
	switch c := x.constants.of(x.pkg, n); {
	case c.kind == 0:
		x.computes = true
		x.add(codeComputed, pos(n), "write out what comes of it: only constants are computed", "%s has no place in a schema yet", what)
		return false
	case c.size > maxConstant:
		if !x.tooLong { // constants that contain it are too long as well
			x.add(codeTooBig, pos(n), "", "what comes of this may have more than %d characters", maxConstant)
		}
		x.computes, x.tooLong = true, true
		return false
	}
	return true
}

// call checks the name of a builtin and the number of its arguments.
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

// builtinHint returns what to write instead of an unknown builtin.
func builtinHint(name string) string {
	if name == "time.Duration" {
		return "write schema.#Duration"
	}
	if hint := nearest(name, keys(builtinOps), "did you mean %s?"); hint != "" {
		return hint
	}
	if lower := strings.ToLower(name); strings.Contains(lower, "max") || strings.Contains(lower, "min") || strings.Contains(lower, "len") {
		return "write bounds of a number as >=1 & <=5, the length of a text as strings.MinRunes(1) & strings.MaxRunes(40), that of a list as list.MinItems(1) & list.MaxItems(40)"
	}
	return "there are " + list(keys(builtinOps))
}

func orThis(name string) string {
	if name == "" {
		return "this call"
	}
	return name
}

// callName returns the full name of a called function: "strings.MaxRunes".
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

// selector reports names that a package of the domain, or the language, does
// not have. CUE reports these later than other unknown names.
func (x *checker) selector(n *ast.SelectorExpr) {
	id, ok := n.X.(*ast.Ident)
	sel, isIdent := n.Sel.(*ast.Ident)
	if !ok || !isIdent || x.declared[x.imports[id.Name]] == nil {
		return
	}
	path := x.imports[id.Name]
	if !x.declared[path][sel.Name] {
		hint := nearest(sel.Name, keys(x.declared[path]), "did you mean "+id.Name+".%s?")
		if hint == "" && path == metaPath {
			hint = "its types are #Int, " + list(keys(metaKinds))
		}
		x.add(codeName, pos(n), hint, "package %s has no %s", path, sel.Name)
	}
}

// declarations returns the set of names at the top of a package's files.
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

// attribute reports misspelt attributes. CUE allows every attribute, because
// attributes are for other tools.
func (x *checker) attribute(a *ast.Attribute) {
	name, _ := a.Split()
	if attributePlace[name] != "" {
		return
	}
	hint := nearest(name, keys(attributePlace), "did you mean @%s(…)?")
	if hint == "" {
		hint = "there are @" + strings.Join(keys(attributePlace), ", @")
	}
	x.add(codeAttribute, pos(a), hint, "there is no attribute @%s", name)
}

// rolesOf maps the definitions of a package's files to the structures of the
// meta-schema that they use. It reads only the text, for messages when CUE has
// no values.
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
