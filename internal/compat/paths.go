package compat

import (
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// paths checks that exactly one path of steps leads from every version of every
// event to current events.
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
	c.add(withoutExemption(found(rule, Kind(h.of)+"."+h.name, "", pos, nil, format, args...)))
}

// steps checks the numbers and upcasters of versions.
func (c *comparer) steps(h history) {
	if len(h.versions) == 0 {
		c.path("version-gap", h, h.pos, "%s has no version", h.name)
	}
	for i, v := range h.versions {
		if v.Version != i+1 {
			c.path("version-gap", h, v.Pos, "%s has v%d, but the next version must be v%d", h.name, v.Version, i+1)
			return
		}
		if i == 0 {
			if v.Upcast != nil {
				c.path("path-twice", h, v.Pos, "a step leads to %s.v1, but v1 is the first version", h.name)
			}
			continue
		}
		c.upcast(h, v.Upcast, v.Pos, h.versions[i-1].Payload, v.Payload, versionName(h, v))
	}
}

func (c *comparer) upcast(h history, u *model.Upcast, pos model.Pos, from, to *model.Named, what string) {
	switch {
	case u == nil || u.Hand == "" && u.Make == nil:
		c.path("path-missing", h, pos, "no step leads to %s", what)
	case u.Hand != "" && u.Make != nil:
		c.path("path-twice", h, u.Pos, "two steps lead to %s: one in CUE, one by hand", what)
	case u.From != from || u.To != to:
		c.path("path-missing", h, u.Pos, "the step to %s has other payloads as its source or result", what)
	}
}

// becomes checks the events that a retired event becomes.
func (c *comparer) becomes(a *model.Aggregate, h history) {
	r := h.retired
	if r.Hand != "" && len(r.Becomes) > 0 {
		c.path("path-twice", h, r.Pos, "the schema says twice what %s becomes: in CUE and by hand", r.Name)
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
			c.path("path-missing", h, p.Pos, "%s becomes %s, which is not an event of %s", r.Name, shape.PartName(p), Kind(a))
		case i < 0:
			c.path("path-missing", h, p.Pos, "%s becomes %s, but the event has no such version", r.Name, shape.PartName(p))
		default:
			c.upcast(h, p.Upcast, p.Pos, last, versions[i].Payload, shape.PartName(p))
		}
	}
}

// targets returns the versions of the event that a part becomes, or nil if the
// aggregate has no such event.
func targets(a *model.Aggregate, p *model.Part) []*model.EventVersion {
	switch {
	case p.Event != nil && slices.Contains(a.Events, p.Event):
		return p.Event.Versions
	case p.Retired != nil && slices.Contains(a.Retired, p.Retired):
		return p.Retired.Versions
	}
	return nil
}

// cycles finds retired events that become themselves, directly or through other
// retired events.
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
		c.add(withoutExemption(found("becomes-cycle", Kind(a)+"."+r.Name, "", r.Pos, nil, "%s", strings.Join(names, " becomes "))))
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
