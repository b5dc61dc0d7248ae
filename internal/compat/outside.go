package compat

import (
	"slices"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// outside compares what browsers know, with the last release only: commands,
// signals and views.
func (c *comparer) outside() {
	for _, e := range c.old.Entries {
		switch e.What {
		case Command:
			c.command(e)
		case Signals:
			c.signals(e)
		case View:
			c.view(e)
		}
	}
}

func (c *comparer) packageNamed(name string) *model.Package {
	i := slices.IndexFunc(c.now.Packages, func(p *model.Package) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return c.now.Packages[i]
}

// nearest is a place in a package, for what is not in it any more.
func nearest(p *model.Package, e *Entry) model.Pos {
	if p == nil || len(p.Files) == 0 {
		return e.pos()
	}
	return model.Pos{File: p.Files[0], Line: 1, Col: 1}
}

func (c *comparer) command(e *Entry) {
	a := c.aggregates[e.Of]
	if a == nil {
		return // said of its events; without any nobody can have used it
	}
	i := slices.IndexFunc(a.Commands, func(k *model.Command) bool { return k.Name == e.Name })
	if i < 0 {
		c.add(found("command-removed", e.Subject(), "", a.Pos, nil, "%s is gone", e.Subject()))
		return
	}
	for _, ch := range diff(e.Shape, asked(a.Commands[i].Payload)) {
		if rule := commandRule(ch, a.Commands[i].Payload); rule != "" {
			c.foreign(rule, e, ch, a.Commands[i].Payload)
		}
	}
}

// commandRule says what a change of a command means for pages that are open.
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

// fieldAt is the field of a payload itself with a name.
func fieldAt(n *model.Named, path string) (*model.Field, bool) {
	i := slices.IndexFunc(n.Type.Fields, func(f *model.Field) bool { return f.Name == path })
	if i < 0 {
		return nil, false
	}
	return n.Type.Fields[i], true
}

// foreign is a change of something that is no event: a warning of its own.
func (c *comparer) foreign(rule string, e *Entry, ch change, n *model.Named) {
	at := ch.path
	if at == "" {
		at = "it"
	}
	c.add(found(rule, e.Subject(), ch.path, place(n, ch.path, ch.op), nil, "%s: %s", e.Subject(), ch.words(at)))
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
			c.foreign("signals-changed", e, ch, s.Payload)
		}
	}
}

func (c *comparer) view(e *Entry) {
	p := c.packageNamed(e.Of)
	i := -1
	if p != nil {
		i = slices.IndexFunc(p.Views, func(v *model.View) bool { return v.Name == e.Name })
	}
	if i < 0 {
		c.add(found("view-removed", e.Subject(), "", nearest(p, e), nil, "%s is gone", e.Subject()))
		return
	}
	v := p.Views[i]
	if key := viewKey(v); key != e.Key {
		c.add(found("view-changed", e.Subject(), "", v.Pos, nil, "%s has the key %q now, was %q", e.Subject(), key, e.Key))
	}
	empty := &shape.Type{Kind: "struct"}
	was, is := e.Shape, payload(v.Param)
	if was == nil {
		was = empty
	}
	at := v.Param
	if is == nil {
		is, at = empty, &model.Named{Pos: v.Pos, Type: &model.Type{Kind: model.Struct}}
	}
	for _, ch := range diff(was, is) {
		if r := mustRule(ch.rule); r.Level == Warning || optionalParam(ch, at) {
			continue
		}
		c.foreign("view-changed", e, ch, at)
	}
}

// optionalParam says whether a change leaves links as good as they were.
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
