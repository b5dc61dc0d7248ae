package cueload

import (
	"strings"

	"ironstar.dev/internal/model"
)

// apart refuses packages that the outside could not tell from each other:
// streams and views are called by the name of their package ("todo.List"), and
// addresses begin with its folder ("/todo/list").
func (r *reader) apart(s *model.Schema) {
	byName, byDir := map[string]*model.Package{}, map[string]*model.Package{}
	for _, p := range s.Packages {
		dir := addressDir(p)
		if old := byDir[dir]; old != nil {
			r.problems.addAlso(codeOutside, packagePos(r.byPath[p.Path]), []model.Pos{packagePos(r.byPath[old.Path])}, "give the package at the top another name",
				"the packages in %s and %s both have the address /%s", folderName(old), folderName(p), dir)
		}
		byDir[dir] = p
		if len(p.Aggregates)+len(p.Views) == 0 {
			continue // types are called by the path of their package
		}
		if old := byName[fold(p.Name)]; old != nil {
			r.problems.addAlso(codeOutside, packagePos(r.byPath[p.Path]), []model.Pos{packagePos(r.byPath[old.Path])}, "give one of them another name",
				"the packages in %s and %s are both called %s, and so would be their streams and views: %s.…", folderName(old), folderName(p), p.Name, p.Name)
			continue
		}
		byName[fold(p.Name)] = p
	}
	for _, p := range s.Packages {
		for _, a := range p.Aggregates {
			r.below(s, p, "aggregate #"+a.Name, a.Name, a.Pos)
		}
		for _, v := range p.Views {
			r.below(s, p, "view #"+v.Name, v.Name, v.Pos)
		}
	}
}

// below refuses a package with addresses of its own at, or below, the address
// of something in another package.
func (r *reader) below(s *model.Schema, p *model.Package, what, name string, at model.Pos) {
	address := addressDir(p) + "/" + strings.ToLower(strings.Join(words(name), "-"))
	for _, other := range s.Packages {
		if len(other.Aggregates)+len(other.Views) > 0 && strings.HasPrefix(addressDir(other)+"/", address+"/") {
			r.problems.addAlso(codeOutside, at, []model.Pos{packagePos(r.byPath[other.Path])}, "rename one of them, or move the folder",
				"%s has the address /%s, below which the package in %s has its own", what, address, folderName(other))
		}
	}
}

// addressDir is what the addresses of a package begin with, and the folder of
// what is generated for it.
func addressDir(p *model.Package) string {
	if p.Dir == "." {
		return p.Name
	}
	return p.Dir
}

func folderName(p *model.Package) string {
	if p.Dir == "." {
		return "the schema's folder"
	}
	return p.Dir
}
