// Package upcast compiles upcasters, which are CUE expressions that make a newer
// payload from an older one. The results are typed expression trees of package
// model. It uses only syntax and the types of the model. Tests compare its
// results with CUE's evaluation of the same expressions.
//
// It accepts a small, total part of CUE. A part that may be absent in some old
// payload needs a replacement (*x | y) or a condition (if x != _|_), so that
// every stored event can be decoded. If conditions choose between values,
// exactly one of them holds for each old payload: see coverage.
package upcast

import (
	"fmt"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// Kind is the kind of a problem.
type Kind int

// The kinds of problems.
const (
	Name    Kind = iota // something that does not exist
	Form                // an expression that cannot be turned into Go
	Type                // a value that does not fit
	Nowhere             // a field without a source
	Absent              // a value that may be absent
)

// Problem is an error in an upcaster.
type Problem struct {
	Kind    Kind
	Pos     model.Pos
	Message string
	Hint    string
}

// Text is an expression and the file it comes from.
type Text struct {
	Expr    ast.Expr
	Attrs   []*ast.Attribute
	Imports map[string]string // imports of the file: local name to import path
}

// Step describes the payload to be made and its source.
type Step struct {
	Event  string       // "LineAdded"
	Label  string       // "toV2" or "becomes"; for messages
	Source string       // name of the old payload: "v1"
	From   *model.Named // the old payload
	To     *model.Named
	Method string // prefix of hand-written methods: "UpcastLineAddedToV2"

	// Constant returns the value of a hidden field of the package, as syntax
	// without references.
	Constant func(name string) (ast.Expr, bool)

	// Nearest returns a hint with the name that was probably meant, if there is
	// one.
	Nearest func(wrote string, names []string) string
}

// Compile compiles the texts of a step, which CUE would unify. Without texts
// each field must keep its name and type.
func Compile(s Step, texts []Text, at model.Pos) (*model.Upcast, []Problem) {
	c := &compiler{Step: s, vars: map[string]*model.Expr{}}
	old := &model.Expr{Op: model.Old, Name: s.Source, Type: ref(s.From, at), Pos: at}
	c.vars[s.Source] = old
	up := &model.Upcast{Pos: at, From: s.From, To: s.To}
	if len(texts) == 1 && isHand(texts[0]) {
		up.Hand = s.Method
		return up, nil
	}
	if len(texts) == 1 && c.isOld(texts[0]) { // {"Opened.v1": v1}
		up.Make = c.copyOf(old, s.To)
		return up, c.problems
	}
	up.Make = c.structure(always(texts...), s.To, at, old)
	if len(c.problems) == 0 {
		for _, t := range texts {
			c.scopes(t.Expr)
		}
	}
	return up, c.problems
}

// isOld reports whether a text is the unchanged old payload.
func (c *compiler) isOld(t Text) bool {
	name, ok := t.Expr.(*ast.Ident)
	return ok && name.Name == c.Source
}

// compiler compiles one step.
type compiler struct {
	Step
	problems []Problem
	vars     map[string]*model.Expr // names in scope
	facts    facts                  // facts from the surrounding conditions
	path     []string               // path of fields to the current one, for names of hand-written methods
	depth    int
	loops    int // number of surrounding comprehensions
	counter  int
}

func (c *compiler) problem(kind Kind, at model.Pos, hint, format string, args ...any) *model.Expr {
	c.problems = append(c.problems, Problem{Kind: kind, Pos: at, Message: fmt.Sprintf(format, args...), Hint: hint})
	return nil
}

// byHand returns the advice for an expression that cannot be compiled.
func (c *compiler) byHand() string {
	return "write _ @go(func) instead, and the Go method " + c.method()
}

// method returns the name of the hand-written method for the current field.
func (c *compiler) method() string {
	name := c.Method
	for _, p := range c.path {
		name += p
	}
	return name
}

// isHand reports whether an expression is left to a hand-written method.
func isHand(t Text) bool {
	for _, a := range t.Attrs {
		if name, body := a.Split(); name == "go" && body == "func" {
			return true
		}
	}
	return false
}

func ref(n *model.Named, at model.Pos) *model.Type {
	return &model.Type{Kind: model.Ref, Named: n, Pos: at}
}

// base returns the type at the end of a chain of references.
func base(t *model.Type) *model.Type {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t
}

func positionOf(n ast.Node) model.Pos {
	if n == nil {
		return model.Pos{}
	}
	return positionOfToken(n.Pos())
}

func positionOfToken(p token.Pos) model.Pos {
	if !p.IsValid() {
		return model.Pos{}
	}
	at := p.Position()
	return model.Pos{File: at.Filename, Line: at.Line, Col: at.Column}
}
