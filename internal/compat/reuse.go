package compat

import (
	"maps"
	"slices"
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// reuse examines versions that were not released yet. It finds fields that take
// the name of an earlier field of another type, and integers that become too
// large for browsers.
func (c *comparer) reuse(r *released, h history) {
	for i, v := range h.versions {
		if c.entryOf(r.kind, r.name, v.Version) != nil || i == 0 {
			continue
		}
		subject := versionSubject(h, v)
		is := payload(v.Payload)
		now := flat(is)
		before := flat(payload(h.versions[i-1].Payload))
		for _, path := range slices.Sorted(maps.Keys(now)) {
			if was := before[path]; was != nil {
				if constraints(was).safe() && now[path].Kind == "int" && !constraints(now[path]).safe() {
					c.unsafe(subject, path, v.Payload)
				}
				continue
			}
			if strings.HasSuffix(path, "]") || strings.HasSuffix(path, "}") {
				continue // the list or map around it is reported
			}
			for _, earlier := range h.versions[:i] {
				if was := flat(payload(earlier.Payload))[path]; was != nil && was.Hash() != now[path].Hash() {
					c.add(found("name-reused", subject, path, positionOf(v.Payload, path, ""), []string{was.Hash(), now[path].Hash()},
						"%s had %s as %s in v%d, and now has that name again as %s", h.name, path, word(was), earlier.Version, word(now[path])))
					break
				}
			}
		}
	}
}

// unsafe makes the finding for an integer that browsers can no longer read exactly.
func (c *comparer) unsafe(subject, path string, n *model.Named) {
	c.add(found("int-unsafe", subject, path, positionOf(n, path, "<"), nil, "%s: %s", subject, change{rule: "int-unsafe"}.words(path)))
}

// flat maps the paths of all fields of a shape to their types.
func flat(t *shape.Type) map[string]*shape.Type {
	out := map[string]*shape.Type{}
	flatten(out, "", t)
	return out
}

func flatten(out map[string]*shape.Type, path string, t *shape.Type) {
	fields := func(path string, fs []shape.Field) {
		for _, f := range fs {
			if f.Type != nil {
				out[join(path, f.Name)] = f.Type
				flatten(out, join(path, f.Name), f.Type)
			}
		}
	}
	fields(path, t.Fields)
	for _, a := range t.Arms {
		fields(path+"("+a.Value+")", a.Fields)
	}
	if t.Elem != nil {
		elem := path + map[string]string{"list": "[]", "map": "{}"}[t.Kind]
		out[elem] = t.Elem
		flatten(out, elem, t.Elem)
	}
}
