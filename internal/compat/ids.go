package compat

import (
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// ids compares the types of the aggregates' ids. An aggregate without a type for
// its ids allows any text.
func (c *comparer) ids() {
	for kind, a := range c.aggregates {
		if !c.kinds[kind] {
			continue // not released
		}
		was, is := &shape.Type{Kind: "string"}, &shape.Type{Kind: "string"}
		if e := c.entries[entryKey{IDs, kind, "ID", 0}]; e != nil {
			was = e.Shape
		}
		at := a.Pos
		if a.ID != nil {
			is, at = shape.Of(a.ID), a.ID.Pos
		}
		c.compareIDs(a, was, is, at)
	}
}

func (c *comparer) compareIDs(a *model.Aggregate, was, is *shape.Type, at model.Pos) {
	subject := Kind(a)
	for _, ch := range diff(was, is) {
		rule := "id-narrowed"
		if mustRule(ch.rule).Level == Warning || is.Kind == "string" && len(is.Checks) == 0 {
			rule = "id-widened"
		}
		c.add(found(rule, subject, "", at, nil, "%s: %s", subject, ch.words("the id")))
	}
}
