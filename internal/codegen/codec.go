package codegen

import (
	"reflect"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

// Payloads of an aggregate often have the same fields, for example a command and
// its event. Go converts such structs into each other, so all of them can use the
// functions of one payload. This means less code to read, and saves most of the
// compile time of a large schema.

// functions names the functions of a type, within its package and for other
// packages.
var functions = []struct {
	what      need
	own       naming.Pattern
	forOthers naming.Pattern
	did       string
}{
	{needDecode, naming.Decode, naming.DecodeForOthers, "read"},
	{needAppend, naming.Append, naming.AppendForOthers, "written"},
	{needCheck, naming.Check, naming.CheckForOthers, "checked"},
	{needHide, naming.Hide, naming.HideForOthers, ""}, // never shared: it returns the type
}

// functionName returns the name of a type's function.
func functionName(what need, n *model.Named, forOthers bool) string {
	for _, f := range functions {
		if f.what == what && forOthers {
			return f.forOthers.Of(n.GoName)
		} else if f.what == what {
			return f.own.Of(n.GoName)
		}
	}
	panic("codegen: no function has this purpose")
}

// functionOf identifies a function of a type.
type functionOf struct {
	what need
	n    *model.Named
}

// codec returns the type whose function n uses, usually n itself.
func (p *plan) codec(what need, n *model.Named) *model.Named {
	if owner := p.shared[functionOf{what, n}]; owner != nil {
		return owner
	}
	return n
}

// share finds payloads of an aggregate that can use the functions of an earlier
// one. It decides for each function. For example, a command that trims texts can
// share the check function of its event, but needs its own decode function.
func (p *plan) share(a *model.Aggregate) {
	for _, f := range functions {
		what := f.what
		if what == needHide {
			continue
		}
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

// payloads lists the payloads of an aggregate, and its inline state. Current
// events come first, because readers look for them first.
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

// alike reports whether two structs can be converted into each other and would
// have the same function.
func (p *plan) alike(what need, a, b *model.Type) bool {
	return slices.EqualFunc(a.Fields, b.Fields, func(f, g *model.Field) bool {
		if f.Name != g.Name || f.GoName != g.GoName || f.Optional != g.Optional || !sameConst(f.Const, g.Const) || !sameGoType(f.Type, g.Type) {
			return false
		}
		switch what {
		case needDecode:
			return f.Trim == g.Trim && f.Inject == g.Inject && reflect.DeepEqual(f.Default, g.Default) && sameDigits(f.Type, g.Type)
		case needAppend:
			return f.Inject == g.Inject // what is injected is not written
		case needCheck:
			return sameChecks(f.Type, g.Type) && f.Message.Text() == g.Message.Text()
		}
		return true
	})
}

func sameConst(a, b *model.Const) bool {
	return a == b || a != nil && b != nil && a.Kind == b.Kind && a.Text == b.Text
}

// sameGoType reports whether goType returns the same for two types.
func sameGoType(a, b *model.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	a, b = resolve(a), resolve(b)
	return a.Kind == b.Kind && a.Named == b.Named && sameGoType(a.Elem, b.Elem) && sameGoType(a.Key, b.Key)
}

// sameDigits reports whether the decimals in two types, which are the same in Go,
// have the same number of digits.
func sameDigits(a, b *model.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	n, has := scalar.Digits(a)
	m, also := scalar.Digits(b)
	a, b = resolve(a), resolve(b)
	return n == m && has == also && sameDigits(a.Elem, b.Elem)
}

// sameChecks reports whether two types have the same constraints.
func sameChecks(a, b *model.Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Kind == b.Kind && a.Named == b.Named && sameChecks(a.Elem, b.Elem) && sameChecks(a.Key, b.Key) &&
		slices.EqualFunc(a.Checks, b.Checks, func(x, y model.Check) bool {
			return x.Op == y.Op && x.Num == y.Num && x.Text == y.Text && x.Count == y.Count && sameConst(x.Value, y.Value)
		})
}

// codec returns the type whose function is called for n here. For a type of
// another package that is the exported function.
func (c *context) codec(what need, n *model.Named) *model.Named {
	if n.Package != c.pkg {
		return n
	}
	return c.plan.codec(what, n)
}

// call calls a function of a type: decodeMoney here, other.DecodeMoney in other
// packages. The value to write or check is the last argument.
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

// function returns a function of a type as a value.
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

// own returns the name of a type's own function.
func (c *context) own(what need, n *model.Named) *jen.Statement {
	if n.Package == c.pkg {
		return jen.Id(functionName(what, n, false))
	}
	return jen.Qual(c.importPath(n.Package), functionName(what, n, true))
}

// has reports whether a type has its own function.
func (c *context) has(what need, n *model.Named) bool {
	return c.plan.needs[n]&what != 0 && c.plan.codec(what, n) == n
}

// sharing returns a comment that names the functions which a type shares with
// others.
func (c *context) sharing(n *model.Named) jen.Code {
	var owners []string
	uses := map[string][]string{}
	for _, f := range functions {
		owner := c.plan.codec(f.what, n)
		if owner == n {
			continue
		}
		if uses[owner.GoName] == nil {
			owners = append(owners, owner.GoName)
		}
		uses[owner.GoName] = append(uses[owner.GoName], f.did)
	}
	var parts []string
	for _, owner := range owners {
		parts = append(parts, inWords(uses[owner])+" by the functions of "+owner)
	}
	if len(parts) == 0 {
		return nil
	}
	return comment(wrap(n.GoName + " has the same fields as another type, so it is " + inWords(parts) + "."))
}

// inWords joins words: "a, b and c".
func inWords(all []string) string {
	last := len(all) - 1
	if last < 1 {
		return strings.Join(all, "")
	}
	return strings.Join(all[:last], ", ") + " and " + all[last]
}
