package upcast

import (
	"fmt"
	"maps"
	"strings"

	"ironstar.dev/internal/model"
)

// facts are what the conditions around an expression ensure about old payloads.
type facts struct {
	present map[string]bool         // expressions that are present, by key
	cases   map[string]*model.Named // which case a union is, by its key
}

// and returns the facts, and those that a condition ensures if it holds.
func (f facts) and(condition *model.Expr) facts {
	out := facts{maps.Clone(f.present), maps.Clone(f.cases)}
	if out.present == nil {
		out = facts{map[string]bool{}, map[string]*model.Named{}}
	}
	out.add(condition)
	return out
}

func (f facts) add(condition *model.Expr) {
	switch condition.Op {
	case model.Logic:
		if condition.Name == "&&" {
			f.add(condition.Args[0])
			f.add(condition.Args[1])
		}
	case model.Present:
		for x := condition.Args[0]; ; x = x.Args[0] { // a present part means that the whole is present
			f.present[keyOf(x)] = true
			if len(x.Args) == 0 || x.Op == model.Else { // *a | b only says that one of the two is present
				break
			}
		}
	case model.IsCase:
		union := condition.Args[0]
		f.cases[keyOf(union)] = armOf(base(union.Type), condition.Name)
	}
}

// apply marks an expression that is known to be present.
func (f facts) apply(e *model.Expr) *model.Expr {
	if e == nil || !f.present[keyOf(e)] {
		return e
	}
	out := asPresent(e)
	if len(e.Args) > 0 {
		out.Args = append([]*model.Expr{f.apply(e.Args[0])}, e.Args[1:]...)
	}
	return out
}

// armOf returns the case of a union with a value of the tag, or nil.
func armOf(union *model.Type, tag string) *model.Named {
	for _, arm := range union.Arms {
		if f := fieldOf(arm.Type, union.Tag); f != nil && f.Const != nil && f.Const.Text == tag {
			return arm
		}
	}
	return nil
}

// keyOf returns the same text for expressions that always have the same value.
func keyOf(e *model.Expr) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(%d %q", e.Op, e.Name)
	if e.Field != nil {
		b.WriteString("." + e.Field.Name)
	}
	if e.Value != nil {
		b.WriteString(" " + e.Value.JSON)
	}
	for _, a := range e.Args {
		b.WriteString(keyOf(a))
	}
	for _, x := range e.Entries {
		fmt.Fprintf(&b, " %q=%s", x.Key, keyOf(x.Value))
	}
	for _, p := range e.Parts {
		fmt.Fprintf(&b, " %s=%s", p.Field.Name, keyOf(p.Value))
	}
	b.WriteByte(')')
	return b.String()
}
