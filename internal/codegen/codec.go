package codegen

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// Payloads of an aggregate often have the same fields: what was asked for, and
// what happened then. Go converts such structs into each other, so one function
// does for all of them, and the rest say whose it is. That is less to read, and
// most of the time that a big schema takes to compile.

// verbs begin the names of functions.
var verbs = map[need]string{needDecode: "decode", needAppend: "append", needCheck: "check"}

// functionOf is a function for a type, by what it does.
type functionOf struct {
	what need
	n    *model.Named
}

// codec is the type whose function a type uses: mostly its own.
func (p *plan) codec(what need, n *model.Named) *model.Named {
	if owner := p.shared[functionOf{what, n}]; owner != nil {
		return owner
	}
	return n
}

// share finds the payloads of an aggregate that use the function of one before
// them. They may do so for one thing and not for another: a command that trims
// is checked as its event is, and read in its own way.
func (p *plan) share(a *model.Aggregate) {
	for what := range verbs {
		var owners []*model.Named
		for _, n := range payloads(a) {
			if p.needs[n]&what == 0 || n.Type.Kind != model.Struct || what == needCheck && !p.constrained[n] {
				continue
			}
			i := slices.IndexFunc(owners, func(owner *model.Named) bool { return p.alike(what, owner.Type, n.Type) })
			if i < 0 {
				owners = append(owners, n)
			} else {
				p.shared[functionOf{what, n}] = owners[i]
			}
		}
	}
}

// payloads lists those of an aggregate: first the events of today, which people
// look for first. A state that is written in place is among them.
func payloads(a *model.Aggregate) []*model.Named {
	var all, old []*model.Named
	for _, e := range a.Events {
		last := len(e.Versions) - 1
		all = append(all, e.Versions[last].Payload)
		for _, v := range e.Versions[:last] {
			old = append(old, v.Payload)
		}
	}
	for _, c := range a.Commands {
		all = append(all, c.Payload)
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			old = append(old, v.Payload)
		}
	}
	all = append(all, old...)
	for _, r := range a.Refusals {
		all = append(all, r.Payload)
	}
	if state := inlineState(a.State); state != nil {
		all = append(all, state)
	}
	return all
}

// alike says whether two structs convert into each other and would have the
// same function.
func (p *plan) alike(what need, a, b *model.Type) bool {
	return slices.EqualFunc(a.Fields, b.Fields, func(f, g *model.Field) bool {
		if f.Name != g.Name || f.GoName != g.GoName || f.Optional != g.Optional || !sameConst(f.Const, g.Const) || !sameGoType(f.Type, g.Type) {
			return false
		}
		switch what {
		case needDecode:
			return f.Trim == g.Trim && f.Inject == g.Inject && reflect.DeepEqual(f.Default, g.Default)
		case needCheck:
			return sameChecks(f.Type, g.Type)
		}
		return true
	})
}

func sameConst(a, b *model.Const) bool {
	return a == b || a != nil && b != nil && a.Kind == b.Kind && a.Text == b.Text
}

// sameGoType says whether goType writes the same of two types.
func sameGoType(a, b *model.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	a, b = plain(a), plain(b)
	return a.Kind == b.Kind && a.Named == b.Named && sameGoType(a.Elem, b.Elem) && sameGoType(a.Key, b.Key)
}

// sameChecks says whether the same holds for all values of two types.
func sameChecks(a, b *model.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Named == b.Named && sameChecks(a.Elem, b.Elem) && sameChecks(a.Key, b.Key) &&
		slices.EqualFunc(a.Checks, b.Checks, func(x, y model.Check) bool {
			return x.Op == y.Op && x.Num == y.Num && x.Text == y.Text && x.Count == y.Count && sameConst(x.Value, y.Value)
		})
}

// codec is the type whose function is called for a type here. A type of another
// package has what its package exports.
func (c *context) codec(what need, n *model.Named) *model.Named {
	if n.Package != c.pkg {
		return n
	}
	return c.plan.codec(what, n)
}

// call calls a function for a type: decodeMoney here, other.DecodeMoney there.
// What is written or checked is the last argument.
func (c *context) call(what need, n *model.Named, args ...jen.Code) *jen.Statement {
	owner := c.codec(what, n)
	if owner == n {
		return c.own(what, n).Call(args...)
	}
	if what == needDecode {
		return jen.Id(n.GoName).Call(c.own(what, owner).Call(args...))
	}
	last := len(args) - 1
	return c.own(what, owner).Call(append(args[:last:last], jen.Id(owner.GoName).Call(args[last]))...)
}

// function is a function for a type as a value.
func (c *context) function(what need, n *model.Named) *jen.Statement {
	if c.codec(what, n) == n {
		return c.own(what, n)
	}
	b, d, check, v := jen.Id("b"), jen.Id("d"), jen.Id("c"), jen.Id("v")
	switch what {
	case needDecode:
		return jen.Func().Params(decoderParam).Id(n.GoName).Block(jen.Return(c.call(what, n, d)))
	case needAppend:
		return jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("v").Id(n.GoName)).Index().Byte().Block(jen.Return(c.call(what, n, b, v)))
	}
	return jen.Func().Params(checkerParam, jen.Id("v").Id(n.GoName)).Block(c.call(what, n, check, v))
}

// own names the function that a type has for itself.
func (c *context) own(what need, n *model.Named) *jen.Statement {
	if n.Package == c.pkg {
		return jen.Id(verbs[what] + n.GoName)
	}
	return jen.Qual(c.importPath(n.Package), title(verbs[what])+n.GoName)
}

// has says whether a type has a function of its own.
func (c *context) has(what need, n *model.Named) bool {
	return c.plan.needs[n]&what != 0 && c.plan.codec(what, n) == n
}

// sharing says which functions of other types are a type's.
func (c *context) sharing(n *model.Named) jen.Code {
	participles := []string{"read", "written", "checked"}
	var owners []string
	uses := map[string][]string{}
	for i, what := range []need{needDecode, needAppend, needCheck} {
		owner := c.plan.codec(what, n)
		if owner == n {
			continue
		}
		if uses[owner.GoName] == nil {
			owners = append(owners, owner.GoName)
		}
		uses[owner.GoName] = append(uses[owner.GoName], participles[i])
	}
	var parts []string
	for _, owner := range owners {
		parts = append(parts, inWords(uses[owner])+" as "+owner)
	}
	if len(parts) == 0 {
		return nil
	}
	return comment(wrap(n.GoName + " is " + inWords(parts) + ", which has the same fields."))
}

// inWords lists things as people do: "a, b and c".
func inWords(all []string) string {
	last := len(all) - 1
	if last < 1 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}
