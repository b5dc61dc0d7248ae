package compat

import (
	"strings"

	"ironstar.dev/internal/model"
)

// positionOf finds the position in the schema of a path of a payload, or of the
// constraint op there. If the schema has lost it, positionOf returns the nearest
// position around it.
func positionOf(n *model.Named, path, op string) model.Pos {
	pos := n.Pos
	t := &model.Type{Kind: model.Ref, Named: n}
	for _, step := range steps(path) {
		t = resolve(t)
		next, at := into(t, step)
		if next == nil {
			if at.File != "" {
				pos = at
			}
			return pos
		}
		t = next
		if at.File != "" {
			pos = at
		}
	}
	if at, ok := constraintPosition(t, op); ok {
		return at
	}
	return pos
}

// steps splits a path: lines, [], qty.
func steps(path string) []string {
	var out []string
	for path != "" {
		switch path[0] {
		case '.':
			path = path[1:]
		case '[', '{', '(':
			end := strings.IndexByte(path, path[0]+map[byte]byte{'[': 2, '{': 2, '(': 1}[path[0]]) + 1
			out, path = append(out, path[:end]), path[end:]
		default:
			end := strings.IndexAny(path, ".[{(")
			if end < 0 {
				end = len(path)
			}
			out, path = append(out, path[:end]), path[end:]
		}
	}
	return out
}

func resolve(t *model.Type) *model.Type {
	for t.Kind == model.Ref {
		t = t.Named.Type
	}
	return t
}

// into follows one step of a path. If the path leads nowhere, it returns nil and
// the nearest position, if it knows one.
func into(t *model.Type, step string) (*model.Type, model.Pos) {
	switch {
	case step == "[]" || step == "{}":
		if t.Elem == nil {
			return nil, t.Pos
		}
		return t.Elem, t.Elem.Pos
	case step == "{key}":
		if t.Key == nil {
			return nil, t.Pos
		}
		return t.Key, t.Key.Pos
	case step[0] == '(':
		for _, arm := range t.Arms {
			if tagOf(t, arm) == step[1:len(step)-1] {
				return arm.Type, arm.Pos
			}
		}
		return nil, t.Pos
	}
	for _, f := range t.Fields {
		if f.Name == step {
			if f.Type == nil {
				return nil, f.Pos
			}
			return f.Type, f.Pos
		}
	}
	return nil, model.Pos{}
}

func tagOf(sum *model.Type, arm *model.Named) string {
	for _, f := range arm.Type.Fields {
		if f.Name == sum.Tag && f.Const != nil {
			return f.Const.Text
		}
	}
	return ""
}

// opsOf maps the operator in a change to the operators of constraints that it
// may refer to.
var opsOf = map[string][]model.Op{
	">": {model.Greater, model.GreaterOrEqual}, "<": {model.Less, model.LessOrEqual}, "!=": {model.NotEqual},
	"=~": {model.Match}, "!~": {model.NotMatch}, "minRunes": {model.MinRunes}, "maxRunes": {model.MaxRunes},
	"minItems": {model.MinItems}, "maxItems": {model.MaxItems}, "unique": {model.UniqueItems},
	"minFields": {model.MinFields}, "maxFields": {model.MaxFields}, "timeFormat": {model.TimeFormat},
	"multipleOf": {model.MultipleOf}, "prefix": {model.HasPrefix}, "suffix": {model.HasSuffix}, "contains": {model.Contains}, "digits": {model.Digits},
}

// constraintPosition finds a constraint of a type or of a type that it refers
// to.
func constraintPosition(t *model.Type, op string) (model.Pos, bool) {
	for {
		for _, c := range t.Checks {
			for _, o := range opsOf[op] {
				if c.Op == o && c.Pos.File != "" {
					return c.Pos, true
				}
			}
		}
		if t.Kind != model.Ref {
			return model.Pos{}, false
		}
		t = t.Named.Type
	}
}
