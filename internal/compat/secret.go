package compat

import (
	"slices"

	"ironstar.dev/internal/model"
)

// secret returns the @secret attribute of a field, or "". A lock does not say which fields
// are secret. So a field that the schema has lost is secret if another payload or type of
// its package has a secret field with that name.
func (w *cueWriter) secret(name string, now []*model.Field) string {
	is := w.pkg != nil && hasSecret(w.pkg, name)
	if i := slices.IndexFunc(now, func(g *model.Field) bool { return g.Name == name }); i >= 0 {
		is = now[i].Secret
	}
	if is {
		return " @secret()"
	}
	return ""
}

// hasSecret reports whether a payload or a type of a package has a secret field with a name.
func hasSecret(p *model.Package, name string) bool {
	all := slices.Clone(p.Types)
	for _, a := range p.Aggregates {
		for _, c := range a.Commands {
			all = append(all, c.Payload)
		}
		for _, e := range a.Events {
			for _, v := range e.Versions {
				all = append(all, v.Payload)
			}
		}
	}
	return slices.ContainsFunc(all, func(n *model.Named) bool {
		return slices.ContainsFunc(n.Type.Fields, func(f *model.Field) bool { return f.Secret && f.Name == name })
	})
}
