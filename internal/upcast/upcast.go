// Package upcast compiles upcasters: expressions in CUE that say how a newer
// payload is made of an older one become typed expression trees of package
// model. It looks at syntax and at types of the model, and asks CUE nothing:
// CUE evaluates the same expressions in tests and is their oracle.
//
// What it accepts is a small, total part of CUE. Whatever may not be there for
// some old payload must have something that stands for it (*x | y) or stand
// under a condition (if x != _|_), so that no stored event can fail to decode.
package upcast

import (
	"fmt"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// Kind says what is wrong with an upcaster.
type Kind int

// The kinds of problems.
const (
	Name    Kind = iota // something that does not exist
	Form                // an expression that cannot be turned into Go
	Type                // a value that does not fit
	Nowhere             // a field that comes from nowhere
	Absent              // something that may not be there
)

// Problem is an error in an upcaster.
type Problem struct {
	Kind    Kind
	Pos     model.Pos
	Message string
	Hint    string
}

// Text is an expression as it is written in one file.
type Text struct {
	Expr    ast.Expr
	Attrs   []*ast.Attribute
	Imports map[string]string // of the file: local name to import path
}

// Step is what a payload is to be made of.
type Step struct {
	Event  string       // "LineAdded"
	Label  string       // "toV2" or "becomes"; for messages
	Source string       // what the old payload is called: "v1"
	From   *model.Named // the old payload
	To     *model.Named
	Method string // hand-written methods begin with it: "UpcastLineAddedToV2"

	// Constant is what a hidden field of the package stands for, as syntax
	// without references.
	Constant func(name string) (ast.Expr, bool)

	// Nearest is a hint with the one of some names that was meant, if it is plain.
	Nearest func(wrote string, names []string) string
}

// Compile makes an upcast of all that is written about a step: texts that CUE
// would unify. Without any text each field must keep its name and type.
func Compile(s Step, texts []Text, at model.Pos) (*model.Upcast, []Problem) {
	c := &compiler{Step: s, sure: map[string]bool{}, vars: map[string]*model.Expr{}}
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
	up.Make = c.structure(texts, s.To, at, old)
	return up, c.problems
}

// isOld says whether a text is the old payload as it is.
func (c *compiler) isOld(t Text) bool {
	name, ok := t.Expr.(*ast.Ident)
	return ok && name.Name == c.Source
}

// compiler turns one step into an expression.
type compiler struct {
	Step
	problems []Problem
	vars     map[string]*model.Expr // names in scope
	sure     map[string]bool        // what conditions around say is there, by its path
	path     []string               // fields on the way here, for hand-written methods
	depth    int
	loops    int // comprehensions around
	counter  int
}

func (c *compiler) problem(kind Kind, at model.Pos, hint, format string, args ...any) *model.Expr {
	c.problems = append(c.problems, Problem{Kind: kind, Pos: at, Message: fmt.Sprintf(format, args...), Hint: hint})
	return nil
}

// byHand is the way out of whatever cannot be compiled.
func (c *compiler) byHand() string {
	return "write _ @go(func) instead, and the Go method " + c.method()
}

// method is the name of a hand-written method for where the compiler is.
func (c *compiler) method() string {
	name := c.Method
	for _, p := range c.path {
		name += p
	}
	return name
}

// isHand says whether an expression is left to a hand-written method.
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

// base is what a chain of references ends in.
func base(t *model.Type) *model.Type {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t
}

func place(n ast.Node) model.Pos {
	if n == nil {
		return model.Pos{}
	}
	return placeOf(n.Pos())
}

func placeOf(p token.Pos) model.Pos {
	if !p.IsValid() {
		return model.Pos{}
	}
	at := p.Position()
	return model.Pos{File: at.Filename, Line: at.Line, Col: at.Column}
}
