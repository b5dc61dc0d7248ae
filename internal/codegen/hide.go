package codegen

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// Views get copies without the fields with @secret() (docs/decisions/044). A copy
// has its own memory only where a secret is: a list of things without secrets is
// shared.

// findSecrets finds the types that have a secret, also inside of their parts.
func (p *plan) findSecrets(all []*model.Named) {
	for changed := true; changed; {
		changed = false
		for _, n := range all {
			if !p.secrets[n] && p.hasSecrets(n.Type) {
				p.secrets[n], changed = true, true
			}
		}
	}
}

// hasSecrets reports whether values of a type may have a secret field.
func (p *plan) hasSecrets(t *model.Type) bool {
	if t == nil {
		return false
	}
	if t.Kind == model.Ref {
		return p.secrets[t.Named]
	}
	return p.hasSecrets(t.Elem) || slices.ContainsFunc(t.Fields, func(f *model.Field) bool { return isSecret(f) || p.hasSecrets(f.Type) }) ||
		slices.ContainsFunc(t.Arms, func(n *model.Named) bool { return p.secrets[n] })
}

func isSecret(f *model.Field) bool { return f.Secret && f.Const == nil }

// withholds reports whether stored events of an aggregate have a secret, in any
// version: views do not get their JSON.
func (p *plan) withholds(a *model.Aggregate) bool {
	any := func(versions []*model.EventVersion) bool {
		return slices.ContainsFunc(versions, func(v *model.EventVersion) bool { return p.secrets[v.Payload] })
	}
	return slices.ContainsFunc(a.Events, func(e *model.Event) bool { return any(e.Versions) }) ||
		slices.ContainsFunc(a.Retired, func(e *model.Retired) bool { return any(e.Versions) })
}

// secretNames returns the names in JSON of the secret fields of an aggregate's events,
// or nil.
func (c *context) secretNames(a *model.Aggregate) any {
	var names []string
	add := func(versions []*model.EventVersion) {
		for _, v := range versions {
			c.plan.eachSecret(v.Payload.Type, func(_ string, f *model.Field) { names = append(names, f.Name) })
		}
	}
	for _, e := range a.Events {
		add(e.Versions)
	}
	for _, e := range a.Retired {
		add(e.Versions)
	}
	slices.Sort(names)
	var list []jen.Code
	for _, name := range slices.Compact(names) {
		list = append(list, jen.Lit(name))
	}
	if list == nil {
		return nil
	}
	return jen.Index().String().Values(list...)
}

// hider declares the function that returns a value without its secrets.
func (c *context) hider(n *model.Named) jen.Code {
	v := jen.Id("v")
	name := naming.Hide.Of(n.GoName)
	head := comment(name + " returns a copy without secrets.").Func().Id(name).Params(v.Clone().Id(n.GoName)).Id(n.GoName)
	if n.Type.Kind == model.Sum {
		var cases []jen.Code
		for _, arm := range n.Type.Arms {
			if c.plan.secrets[arm] {
				cases = append(cases, jen.Case(c.name(arm, arm.GoName)).Block(jen.Return(c.call(needHide, arm, v))))
			}
		}
		return head.Block(jen.Switch(v.Clone().Op(":=").Id("v").Assert(jen.Type())).Block(cases...), jen.Return(v))
	}
	var body []jen.Code
	for _, f := range n.Type.Fields {
		at := v.Clone().Dot(f.GoName)
		switch {
		case f.Const != nil:
		case f.Secret && (f.Optional || isNilable(f.Type)):
			body = append(body, at.Op("=").Nil())
		case f.Secret:
			body = append(body, at.Op("=").Add(c.zero(f.Type)))
		case c.plan.hasSecrets(f.Type) && f.Pointer():
			body = append(body, at.Clone().Op("=").Add(wire("HideOptional")).Call(at, c.hideFunc(f.Type)))
		case c.plan.hasSecrets(f.Type):
			body = append(body, at.Clone().Op("=").Add(c.hidden(f.Type, at)))
		}
	}
	return head.Block(append(body, jen.Return(v))...)
}

// zero returns the zero value of a type that is not nil.
func (c *context) zero(t *model.Type) *jen.Statement {
	switch t = resolve(t); t.Kind {
	case model.String:
		return jen.Lit("")
	case model.Int, model.Number:
		return jen.Lit(0)
	case model.Bool:
		return jen.False()
	}
	return jen.Op("*").New(c.goType(t))
}

func isNilable(t *model.Type) bool {
	switch base(t).Kind {
	case model.List, model.Map, model.Sum, model.Bytes:
		return true
	}
	return false
}

// hidden returns an expression for a value without its secrets.
func (c *context) hidden(t *model.Type, v *jen.Statement) *jen.Statement {
	switch t = resolve(t); t.Kind {
	case model.List:
		return wire("HideList").Call(v, c.hideFunc(t.Elem))
	case model.Map:
		return wire("HideMap").Call(v, c.hideFunc(t.Elem))
	}
	return c.call(needHide, t.Named, v)
}

// hideFunc returns a function that does so.
func (c *context) hideFunc(t *model.Type) *jen.Statement {
	t = resolve(t)
	if t.Kind == model.Ref {
		return c.own(needHide, t.Named)
	}
	typ := c.goType(t)
	return jen.Func().Params(jen.Id("v").Add(typ)).Add(typ).Block(jen.Return(c.hidden(t, jen.Id("v"))))
}

// shown returns the function that makes what readers of a view get of a state,
// or nil if a state has no secrets.
func (c *context) shown(state *model.Type) any {
	if !c.plan.hasSecrets(state) {
		return nil
	}
	return c.hideFunc(state)
}

// withoutSecrets returns an expression for a state without its secrets.
func (c *context) withoutSecrets(state *model.Type, s *jen.Statement) *jen.Statement {
	if !c.plan.hasSecrets(state) {
		return s
	}
	return c.hidden(state, s)
}

// secretPaths lists the secret fields in a type, for fingerprints.
func (p *plan) secretPaths(t *model.Type) string {
	var all []string
	p.eachSecret(t, func(path string, _ *model.Field) { all = append(all, path) })
	slices.Sort(all)
	return strings.Join(all, " ")
}

// eachSecret calls found for each secret field in a type, with the path to it.
func (p *plan) eachSecret(t *model.Type, found func(path string, f *model.Field)) {
	within := map[*model.Named]bool{}
	var find func(t *model.Type, path string)
	find = func(t *model.Type, path string) {
		if !p.hasSecrets(t) || t.Kind == model.Ref && within[t.Named] {
			return
		}
		if t.Kind == model.Ref {
			within[t.Named] = true
			find(t.Named.Type, path)
			delete(within, t.Named)
			return
		}
		for _, f := range t.Fields {
			if isSecret(f) {
				found(path+"."+f.Name, f)
			} else if f.Const == nil {
				find(f.Type, path+"."+f.Name)
			}
		}
		for _, arm := range t.Arms {
			find(&model.Type{Kind: model.Ref, Named: arm}, path+"("+t.TagOf(arm)+")")
		}
		if t.Elem != nil {
			find(t.Elem, path+"[]")
		}
	}
	find(t, "")
}
