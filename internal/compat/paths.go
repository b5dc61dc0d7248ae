package compat

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// paths checks that one way, and no more, leads from every version of every
// event to what is written today.
func (c *comparer) paths() {
	for _, p := range c.now.Packages {
		for _, a := range p.Aggregates {
			for _, h := range histories(a) {
				c.steps(h)
				if h.retired != nil {
					c.becomes(a, h)
				}
			}
			c.cycles(a)
		}
	}
}

func (c *comparer) path(rule string, h history, pos model.Pos, format string, args ...any) {
	c.add(unexempt(found(rule, Kind(h.of)+"."+h.name, "", pos, nil, format, args...)))
}

// steps checks numbers and upcasters of versions.
func (c *comparer) steps(h history) {
	if len(h.versions) == 0 {
		c.path("version-gap", h, h.pos, "%s has no version", h.name)
	}
	for i, v := range h.versions {
		if v.Version != i+1 {
			c.path("version-gap", h, v.Pos, "%s has v%d where v%d belongs", h.name, v.Version, i+1)
			return
		}
		if i == 0 {
			if v.Upcast != nil {
				c.path("path-twice", h, v.Pos, "a step leads to %s.v1, and there is nothing before it", h.name)
			}
			continue
		}
		c.upcast(h, v.Upcast, v.Pos, h.versions[i-1].Payload, v.Payload, versionName(h, v))
	}
}

func (c *comparer) upcast(h history, u *model.Upcast, pos model.Pos, from, to *model.Named, what string) {
	switch {
	case u == nil || u.Hand == "" && u.Make == nil:
		c.path("path-missing", h, pos, "nothing leads to %s", what)
	case u.Hand != "" && u.Make != nil:
		c.path("path-twice", h, u.Pos, "two steps lead to %s: one in CUE, one by hand", what)
	case u.From != from || u.To != to:
		c.path("path-missing", h, u.Pos, "the step to %s is made of something else", what)
	}
}

// becomes checks what a retired event is read as.
func (c *comparer) becomes(a *model.Aggregate, h history) {
	r := h.retired
	if r.Hand != "" && len(r.Becomes) > 0 {
		c.path("path-twice", h, r.Pos, "what %s becomes is said twice: in CUE and by hand", r.Name)
	}
	if len(h.versions) == 0 {
		return
	}
	last := h.versions[len(h.versions)-1].Payload
	for _, p := range r.Becomes {
		versions := targets(a, p)
		i := slices.IndexFunc(versions, func(v *model.EventVersion) bool { return v.Version == p.Version })
		switch {
		case (p.Event == nil) == (p.Retired == nil) || versions == nil:
			c.path("path-missing", h, p.Pos, "%s becomes %s, which is no event of %s", r.Name, shape.PartName(p), Kind(a))
		case i < 0:
			c.path("path-missing", h, p.Pos, "%s becomes %s, and there is no such version", r.Name, shape.PartName(p))
		default:
			c.upcast(h, p.Upcast, p.Pos, last, versions[i].Payload, shape.PartName(p))
		}
	}
}

// targets are the versions of the event that a part is; nil when the aggregate
// has no such event.
func targets(a *model.Aggregate, p *model.Part) []*model.EventVersion {
	switch {
	case p.Event != nil && slices.Contains(a.Events, p.Event):
		return p.Event.Versions
	case p.Retired != nil && slices.Contains(a.Retired, p.Retired):
		return p.Retired.Versions
	}
	return nil
}

// cycles finds retired events that become themselves by way of others.
func (c *comparer) cycles(a *model.Aggregate) {
	done := map[*model.Retired]bool{}
	for _, r := range a.Retired {
		c.walk(a, r, nil, done)
	}
}

func (c *comparer) walk(a *model.Aggregate, r *model.Retired, way []*model.Retired, done map[*model.Retired]bool) {
	if i := slices.Index(way, r); i >= 0 {
		var names []string
		for _, w := range append(slices.Clone(way[i:]), r) {
			names = append(names, w.Name)
		}
		c.add(unexempt(found("becomes-cycle", Kind(a)+"."+r.Name, "", r.Pos, nil, "%s", strings.Join(names, " becomes "))))
		return
	}
	if done[r] {
		return
	}
	for _, p := range r.Becomes {
		if p.Retired != nil {
			c.walk(a, p.Retired, append(way, r), done)
		}
	}
	done[r] = true
}
