package compat

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// clients compares commands, signals, views, queries and their addresses with the last
// release, because browsers know these. Older releases do not matter for them.
func (c *comparer) clients() {
	for _, e := range c.old.Entries {
		c.address(e)
		switch e.What {
		case Command:
			c.command(e)
		case Signals:
			c.signals(e)
		case View:
			c.view(e)
		case Query:
			c.query(e)
		}
	}
}

// address makes a finding if the commands of an aggregate, the pages of a view or the
// answers of a query have another address now.
func (c *comparer) address(e *Entry) {
	is, at := "", model.Pos{}
	subject := e.Subject()
	switch a := c.aggregates[e.Of]; {
	case e.What == Command && a != nil:
		is, at, subject = naming.Address(a.Package, a.Name), a.Pos, e.Of
	case e.What == View:
		if v := c.viewNamed(e); v != nil {
			is, at = naming.Address(v.Package, v.Name), v.Pos
		}
	case e.What == Query:
		if q := c.queryNamed(e); q != nil {
			is, at = queryAddress(q), q.Pos
		}
	}
	was, _, _ := strings.Cut(e.Address, "/{")
	if was != "" && is != "" && was != is {
		c.add(found("address-changed", subject, "", at, nil, "the addresses of %s begin with %s now; before, they began with %s", subject, is, was))
	}
}

func (c *comparer) viewNamed(e *Entry) *model.View {
	p := c.packageNamed(e.Of)
	if p == nil {
		return nil
	}
	i := slices.IndexFunc(p.Views, func(v *model.View) bool { return v.Name == e.Name })
	if i < 0 {
		return nil
	}
	return p.Views[i]
}

func (c *comparer) packageNamed(name string) *model.Package {
	i := slices.IndexFunc(c.now.Packages, func(p *model.Package) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return c.now.Packages[i]
}

// nearest returns a position in the package for something that the package has
// lost.
func nearest(p *model.Package, e *Entry) model.Pos {
	if p == nil || len(p.Files) == 0 {
		return e.pos()
	}
	return model.Pos{File: p.Files[0], Line: 1, Col: 1}
}

func (c *comparer) command(e *Entry) {
	a := c.aggregates[e.Of]
	if a == nil {
		return // findings about its events say this; without events, nobody has used it
	}
	i := slices.IndexFunc(a.Commands, func(k *model.Command) bool { return k.Name == e.Name })
	if i < 0 {
		if e.Address != "" || c.old.format < 2 {
			c.add(found("command-removed", e.Subject(), "", a.Pos, nil, "%s is gone", e.Subject()))
		}
		return
	}
	if k := a.Commands[i]; k.Internal {
		if e.Address != "" {
			c.add(found("address-changed", e.Subject(), "", k.Pos, nil, "%s is internal now and has no address; before, it had %s", e.Subject(), e.Address))
		}
		return // no page gives it
	}
	for _, ch := range diff(e.Shape, sentShape(a.Commands[i].Payload)) {
		if rule := commandRule(ch, a.Commands[i].Payload); rule != "" {
			c.clientFinding(rule, e, ch, a.Commands[i].Payload)
		}
	}
}

// commandRule returns the rule for a change of a command: what the change means
// for open pages.
func commandRule(ch change, n *model.Named) string {
	switch ch.rule {
	case "int-unsafe", "field-optional", "default-added", "default-changed":
		return ""
	case "field-added":
		f, ok := fieldAt(n, ch.path)
		if ok && (f.Optional || f.Default != nil || f.Type != nil && f.Type.Kind == model.List) {
			return ""
		}
		return "command-narrowed"
	case "field-removed", "field-renamed":
		return "command-changed"
	case "arm-added":
		return "command-widened"
	}
	if r := mustRule(ch.rule); r.Level == Warning {
		return "command-widened"
	}
	return "command-narrowed"
}

// fieldAt returns the field with a name of the payload itself, not of structs in
// it.
func fieldAt(n *model.Named, path string) (*model.Field, bool) {
	i := slices.IndexFunc(n.Type.Fields, func(f *model.Field) bool { return f.Name == path })
	if i < 0 {
		return nil, false
	}
	return n.Type.Fields[i], true
}

// clientFinding makes the finding, a warning, for a change of something other
// than an event.
func (c *comparer) clientFinding(rule string, e *Entry, ch change, n *model.Named) {
	at := ch.path
	if at == "" {
		at = "it"
	}
	c.add(found(rule, e.Subject(), ch.path, positionOf(n, ch.path, ch.op), nil, "%s: %s", e.Subject(), ch.words(at)))
}

func (c *comparer) signals(e *Entry) {
	p := c.packageNamed(e.Of)
	i := -1
	if p != nil {
		i = slices.IndexFunc(p.Signals, func(s *model.Signals) bool { return s.Name == e.Name })
	}
	if i < 0 {
		c.add(found("signals-changed", e.Subject(), "", nearest(p, e), nil, "%s are gone", e.Subject()))
		return
	}
	s := p.Signals[i]
	for _, ch := range diff(e.Shape, payload(s.Payload)) {
		switch {
		case ch.rule == "int-unsafe":
			c.unsafe(e.Subject(), ch.path, s.Payload)
		case ch.rule != "field-added" && ch.rule != "default-changed" && mustRule(ch.rule).Level != Warning:
			c.clientFinding("signals-changed", e, ch, s.Payload)
		}
	}
}

func (c *comparer) view(e *Entry) {
	v := c.viewNamed(e)
	if v == nil {
		c.add(found("view-removed", e.Subject(), "", nearest(c.packageNamed(e.Of), e), nil, "%s is gone", e.Subject()))
		return
	}
	if key := viewKey(v); key != e.Key {
		c.add(found("view-changed", e.Subject(), "", v.Pos, nil, "the key of %s is %q now; it was %q", e.Subject(), key, e.Key))
	}
	c.params("view-changed", e, v.Param, v.Pos)
}

// optionalParam reports whether links still work after a change.
func optionalParam(ch change, n *model.Named) bool {
	switch ch.rule {
	case "int-unsafe", "field-optional", "default-added":
		return true
	case "field-added":
		f, ok := fieldAt(n, ch.path)
		return ok && (f.Optional || f.Default != nil)
	}
	return false
}
