package templates

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	templ "github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

// evaluated are the attributes of Datastar whose value, or the name behind it, is
// evaluated or names a signal, without "data-".
var evaluated = map[string]bool{
	"animate": true, "attr": true, "bind": true, "class": true, "computed": true, "custom-validity": true, "effect": true, "indicator": true, "init": true,
	"json-signals": true, "match-media": true, "on": true, "on-intersect": true, "on-interval": true, "on-raf": true, "on-resize": true, "on-signal-patch": true,
	"on-signal-patch-filter": true, "persist": true, "query-string": true, "ref": true, "replace-url": true, "scroll-into-view": true, "show": true, "signals": true,
	"style": true, "text": true, "view-transition": true,
}

// named are those that older versions of Datastar wrote with a hyphen before the
// name: data-on-click.
var named = []string{"attr-", "bind-", "class-", "computed-", "indicator-", "on-", "persist-", "ref-", "signals-", "style-"}

// isEvaluated reports whether Datastar evaluates the attribute.
func isEvaluated(name string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(name), "data-")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, "star-") // the bundle with an alias
	plugin, _, _ := strings.Cut(rest, ":")
	plugin, _, _ = strings.Cut(plugin, "__")
	if evaluated[plugin] {
		return true
	}
	for _, prefix := range named {
		if strings.HasPrefix(plugin, prefix) {
			return true
		}
	}
	return false
}

const (
	hint       = "write a constant, and what changes as live.Expression(value), joined with +"
	hintUnseen = "write Datastar's attributes at the element, or as a templ.Attributes literal whose values are constant or live.Expression"
)

// asText says how to write what templ would take as a part of an expression.
const asText = `write the text behind it as an expression, { x }{ ". And" }`

// misread finds { x }. And { y }, which is a value in Go: T{x}.And{y} without the type.
// templ v0.3.977 then prints y in place of x, and says nothing.
func (t *template) misread(n *templ.StringExpression) {
	at := n.Expression.Range
	if from, to := at.From.Index, at.To.Index; from < 0 || to < from || to > int64(len(t.src)) || t.src[from:to] == n.Expression.Value {
		return
	}
	t.add(Broken, at.From, fmt.Sprintf("templ prints %s here, because it takes both expressions and what stands between them as one", strings.TrimSpace(n.Expression.Value)), asText)
}

// check checks the attributes of all elements, and what templ made of expressions.
func (t *template) check(tree *templ.TemplateFile) {
	t.imports = importsOf(tree)
	v := visitor.New()
	html := v.HTMLTemplate
	v.HTMLTemplate = func(n *templ.HTMLTemplate) error {
		t.locals = localsOf(n)
		return html(n)
	}
	v.StringExpression = func(n *templ.StringExpression) error {
		t.misread(n)
		return nil
	}
	v.ExpressionAttribute = func(n *templ.ExpressionAttribute) error {
		t.attribute(n.Key, n.Expression)
		return nil
	}
	v.SpreadAttributes = func(n *templ.SpreadAttributes) error {
		t.spread(n.Expression)
		return nil
	}
	v.TemplElementExpression = func(n *templ.TemplElementExpression) error {
		t.call(n.Expression)
		for _, child := range n.Children {
			if err := child.Visit(v); err != nil {
				return err
			}
		}
		return nil
	}
	_ = tree.Visit(v) // the functions return no errors
}

// attribute checks name={ value }.
func (t *template) attribute(key templ.AttributeKey, value templ.Expression) {
	name := ""
	switch key := key.(type) {
	case templ.ConstantAttributeKey:
		name = key.Name
	case templ.ExpressionAttributeKey:
		expr := parsedExpr(key.Expression.Value)
		text, known := t.textOf(expr)
		if !known {
			if !t.isSafe(parsedExpr(value.Value)) {
				t.add(Changes, key.Expression.Range.From, "the name of an attribute is not constant, so it could be one that Datastar evaluates, and neither is the value",
					"write a constant name")
			}
			return
		}
		name = text
	}
	if !isEvaluated(name) || t.isSafe(parsedExpr(value.Value)) {
		return
	}
	t.add(Changes, value.Range.From, fmt.Sprintf("Datastar evaluates %s, and its value is not constant", name), hint)
}

// call checks the literals of attributes that a component is called with.
func (t *template) call(value templ.Expression) {
	e := parsedExpr(value.Value)
	if e == nil {
		return
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if lit, ok := n.(*ast.CompositeLit); ok && lit.Type != nil && nameOf(lit.Type) == "templ.Attributes" {
			t.literal(lit, value.Range.From)
		}
		return true
	})
}

// spread checks { attributes... }.
func (t *template) spread(value templ.Expression) {
	switch t.spreads(parsedExpr(value.Value), value.Range.From, 0) {
	case Changes: // reported
	case Unseen:
		t.add(Unseen, value.Range.From, "it cannot be seen whether these attributes have an expression for Datastar that is not constant", hintUnseen)
	}
}

const seen Kind = -1

// spreads reports what is wrong with attributes, and adds findings for entries of a
// literal.
func (t *template) spreads(e ast.Expr, at templ.Position, depth int) Kind {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return t.spreads(e.X, at, depth)
	case *ast.CompositeLit:
		return t.literal(e, at)
	case *ast.CallExpr:
		name := t.nameOf(e.Fun)
		if isConversion(e, name) && depth < 8 {
			return t.spreads(e.Args[0], at, depth+1)
		}
		if name == "live.Expression" || strings.HasSuffix(name, ".Bind") || strings.HasSuffix(name, ".Attributes") && len(e.Args) == 0 || strings.HasSuffix(name, ".Open") && len(e.Args) == 0 {
			return seen
		}
		if strings.HasSuffix(name, ".With") && len(e.Args) == 1 { // of an ironstar.FormField
			return t.spreads(e.Args[0], at, depth+1)
		}
	}
	return Unseen
}

// isConversion reports whether a call is templ.Attributes(x).
func isConversion(e *ast.CallExpr, name string) bool {
	_, isMap := e.Fun.(*ast.MapType)
	return len(e.Args) == 1 && (name == "templ.Attributes" || isMap)
}

func (t *template) literal(e *ast.CompositeLit, at templ.Position) Kind {
	worst := seen
	for _, one := range e.Elts {
		pair, ok := one.(*ast.KeyValueExpr)
		if !ok {
			return Unseen
		}
		name, known := t.textOf(pair.Key)
		if known && !isEvaluated(name) || t.isSafe(pair.Value) {
			continue
		}
		if !known {
			return Unseen
		}
		worst = Changes
		t.add(Changes, at, fmt.Sprintf("Datastar evaluates %s, and its value is not constant", name), hint)
	}
	return worst
}

// importsOf returns the imports of a template's Go code, by name.
func importsOf(tree *templ.TemplateFile) map[string]string {
	all := map[string]string{}
	for _, n := range tree.Nodes {
		code, ok := n.(*templ.TemplateFileGoExpression)
		if !ok {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+code.Expression.Value, parser.ImportsOnly)
		if file == nil || err != nil && len(file.Imports) == 0 {
			continue
		}
		for _, i := range file.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			name := path[strings.LastIndexByte(path, '/')+1:]
			if i.Name != nil {
				name = i.Name.Name
			}
			all[name] = path
		}
	}
	return all
}
