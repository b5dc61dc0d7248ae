package cueload

import (
	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// attributes reads what is said about a field behind its type.
func (r *reader) attributes(f *model.Field, v cue.Value, at site, in use) {
	for _, a := range v.Attributes(cue.ValueAttr) {
		switch a.Name() {
		case "secret":
			f.Secret = true
		case "trim":
			f.Trim = true
		case "inject":
			f.Inject = model.Inject(a.Contents())
		case "go":
			if name, ok, _ := a.Lookup(0, "name"); ok {
				f.GoName = name
			}
		}
	}
}
