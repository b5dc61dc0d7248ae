package cueload

import (
	"strings"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// checkAddresses refuses packages that have the same name or address outside of
// the schema. Streams and views are named after their package ("todo.List"),
// and addresses begin with its folder ("/todo/list").
func (r *schemaReader) checkAddresses(s *model.Schema) {
	byName := map[string]*model.Package{}
	for _, p := range s.Packages {
		if !hasAddresses(p) {
			continue // types are identified by the path of their package
		}
		if old := byName[naming.Fold(p.Name)]; old != nil {
			r.problems.addAlso(codeOutside, packagePos(r.byPath[p.Path]), []model.Pos{packagePos(r.byPath[old.Path])}, "give one of them another name",
				"the packages in %s and %s are both called %s, and so would be their streams and views: %s.…", folderName(old), folderName(p), p.Name, p.Name)
			continue
		}
		byName[naming.Fold(p.Name)] = p
	}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			r.checkAddressBelow(s, p, "aggregate #"+a.Name, a.Name, a.Pos)
		}
		for _, v := range p.Views {
			r.checkAddressBelow(s, p, "view #"+v.Name, v.Name, v.Pos)
		}
		for _, q := range p.Queries {
			r.checkAddressBelow(s, p, "query #"+q.Name, q.Name, q.Pos)
		}
	}
}

// hasAddresses reports whether a package has addresses of its own.
func hasAddresses(p *model.Package) bool { return len(p.Aggregates)+len(p.Views)+len(p.Queries) > 0 }

// checkAddressBelow refuses a package with addresses of its own if its folder
// is the address of something in another package, or below it.
func (r *schemaReader) checkAddressBelow(s *model.Schema, p *model.Package, what, name string, at model.Pos) {
	address := naming.Folder(p) + "/" + naming.Kebab(name)
	for _, other := range s.Packages {
		if hasAddresses(other) && strings.HasPrefix(naming.Folder(other)+"/", address+"/") {
			r.problems.addAlso(codeOutside, at, []model.Pos{packagePos(r.byPath[other.Path])}, "rename one of them, or move the folder",
				"%s has the address /%s, below which the package in %s has its own", what, address, folderName(other))
		}
	}
}

func folderName(p *model.Package) string {
	if p.Dir == "." {
		return "the schema's folder"
	}
	return p.Dir
}
