package upcast

import (
	"slices"

	"ironstar.dev/internal/model"
)

// choice is one of the values of a field, and its condition.
type choice struct {
	when  []Text
	texts []Text
	at    model.Pos

	condition, value *model.Expr // compiled
}

// conditional compiles a field whose value depends on conditions. At most one
// of them may hold at a time. If none holds, the field has the value of *x | _,
// or is omitted if it may be.
func (c *compiler) conditional(f *model.Field, e *entry) *model.FieldExpr {
	choices, otherwise, ok := c.choices(e)
	if !ok {
		return nil
	}
	before := len(c.problems)
	for _, ch := range choices {
		ch.condition = c.under(ch.when, func() {
			if ch.value = c.values(ch.texts, f.Type, ch.at); !c.total(ch.value) {
				ch.value = nil
			}
		})
	}
	var other *model.Expr
	if otherwise != nil {
		if other = c.expr(*otherwise, f.Type); !c.total(other) {
			return nil
		}
	}
	if len(c.problems) > before {
		return nil
	}
	gap, ok := c.covered(f, choices)
	switch {
	case !ok:
		return nil
	case gap != "" && other == nil && !isFree(f):
		return c.gap(f, e, gap)
	}
	return choose(f, choices, other, gap == "")
}

func (c *compiler) gap(f *model.Field, e *entry, gap string) *model.FieldExpr {
	c.problem(Absent, e.at, "add a value without a condition, "+f.InCUE()+": *… | _, or another if; or "+c.byHand(),
		"field %s is required, and has no value when %s", f.InCUE(), gap)
	return nil
}

// choose combines the choices of a field. covers means that exactly one of them
// always holds.
func choose(f *model.Field, choices []*choice, other *model.Expr, covers bool) *model.FieldExpr {
	p := &model.FieldExpr{Field: f}
	if other == nil && !covers {
		for _, ch := range choices {
			p.If = join("||", p.If, ch.condition)
		}
		if p.If.Op == model.Present && len(choices) == 1 {
			p.If, p.When = nil, p.If.Args[0]
		}
	}
	if other == nil {
		last := len(choices) - 1
		other, choices = choices[last].value, choices[:last]
	}
	if p.Value = other; len(choices) == 0 {
		return p
	}
	p.Value = &model.Expr{Op: model.Choose, Type: f.Type, Pos: choices[0].at}
	for _, ch := range choices {
		p.Value.Args = append(p.Value.Args, ch.condition, ch.value)
	}
	p.Value.Args = append(p.Value.Args, other)
	return p
}

// choices groups the statements about a field by their conditions. otherwise is
// the value without conditions.
func (c *compiler) choices(e *entry) (choices []*choice, otherwise *Text, ok bool) {
	for _, s := range e.statements {
		if len(s.when) == 0 {
			x, isFallback := fallback(s)
			if !isFallback || otherwise != nil {
				c.problem(Form, positionOf(s.Expr), "write *… | _ for the value that applies when no condition holds", "field %s has two values without a condition", e.name)
				return nil, nil, false
			}
			otherwise = &Text{Expr: x, Imports: s.Imports}
			continue
		}
		i := slices.IndexFunc(choices, func(ch *choice) bool {
			return slices.EqualFunc(ch.when, s.when, func(a, b Text) bool { return a.Expr == b.Expr })
		})
		if i < 0 {
			choices = append(choices, &choice{when: s.when, at: positionOf(s.Expr)})
			i = len(choices) - 1
		}
		choices[i].texts = append(choices[i].texts, s.Text)
	}
	return choices, otherwise, true
}
