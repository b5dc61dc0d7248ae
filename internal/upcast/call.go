package upcast

import (
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"ironstar.dev/internal/model"
)

// signature has the parameter and result types of a function.
type signature struct {
	takes []model.Kind
	gives model.Kind
}

// functions are the CUE builtins with an equivalent Go function. Lists are
// lists of strings.
var functions = map[string]signature{
	"strings.ToLower":    {[]model.Kind{model.String}, model.String},
	"strings.ToUpper":    {[]model.Kind{model.String}, model.String},
	"strings.TrimSpace":  {[]model.Kind{model.String}, model.String},
	"strings.TrimPrefix": {[]model.Kind{model.String, model.String}, model.String},
	"strings.TrimSuffix": {[]model.Kind{model.String, model.String}, model.String},
	"strings.Trim":       {[]model.Kind{model.String, model.String}, model.String},
	"strings.Replace":    {[]model.Kind{model.String, model.String, model.String, model.Int}, model.String},
	"strings.HasPrefix":  {[]model.Kind{model.String, model.String}, model.Bool},
	"strings.HasSuffix":  {[]model.Kind{model.String, model.String}, model.Bool},
	"strings.Contains":   {[]model.Kind{model.String, model.String}, model.Bool},
	"strings.Split":      {[]model.Kind{model.String, model.String}, model.List},
	"strings.Join":       {[]model.Kind{model.List, model.String}, model.String},
	"strconv.Atoi":       {[]model.Kind{model.String}, model.Int},
}

// operators are the CUE builtins for integer arithmetic.
var operators = []string{"div", "mod", "quo", "rem"}

// callName returns the full name of the called function: "strings.Split".
func callName(e ast.Expr, imports map[string]string) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		id, ok := e.X.(*ast.Ident)
		sel, isIdent := e.Sel.(*ast.Ident)
		if ok && isIdent && imports[id.Name] != "" {
			return imports[id.Name] + "." + sel.Name
		}
	}
	return ""
}

// Functions lists the functions that an upcaster can call.
func Functions() []string {
	return append(slices.Sorted(maps.Keys(functions)), append([]string{"len"}, operators...)...)
}

// Calls reports whether an upcaster can call a function.
func Calls(name string) bool { return slices.Contains(Functions(), name) }

func (c *compiler) call(e *ast.CallExpr, t Text) *model.Expr {
	name := callName(e.Fun, t.Imports)
	at := positionOf(e)
	switch {
	case name == "len" && len(e.Args) == 1:
		return c.length(e.Args[0], t, at)
	case slices.Contains(operators, name) && len(e.Args) == 2:
		x, y := c.sub(e.Args[0], t, nil), c.sub(e.Args[1], t, nil)
		if x == nil || y == nil {
			return nil
		}
		return c.arithmetic(name, x, y, at)
	}
	f, ok := functions[name]
	if !ok || len(f.takes) != len(e.Args) {
		return c.problem(Form, at, "call one of "+strings.Join(Functions(), ", ")+"; or "+c.byHand(), "this call cannot be turned into Go")
	}
	out := &model.Expr{Op: model.Call, Name: name, Type: kind(f.gives, at), Pos: at}
	for i, a := range e.Args {
		x := c.sub(a, t, kind(f.takes[i], positionOf(a)))
		if x == nil {
			return nil
		}
		out.Args = append(out.Args, x)
	}
	if name == "strings.Split" && (out.Args[1].Op != model.Literal || out.Args[1].Value.Text == "") {
		return c.problem(Form, out.Args[1].Pos, c.byHand(), "the separator of strings.Split must be a text in quotes, and not empty")
	}
	return out
}

// kind returns an unnamed type. Lists are lists of strings.
func kind(k model.Kind, at model.Pos) *model.Type {
	t := &model.Type{Kind: k, Pos: at}
	if k == model.List {
		t.Elem = &model.Type{Kind: model.String, Pos: at}
	}
	return t
}

func (c *compiler) length(arg ast.Expr, t Text, at model.Pos) *model.Expr {
	x := c.sub(arg, t, nil)
	if x == nil {
		return nil
	}
	switch base(x.Type).Kind {
	case model.List, model.Map, model.String:
		return &model.Expr{Op: model.Length, Args: []*model.Expr{x}, Type: kind(model.Int, at), Pos: at}
	}
	return c.problem(Type, x.Pos, c.byHand(), "%s is %s, which has no length", pathOf(x), describe(x.Type))
}
