package main

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"ironstar.dev/internal/add"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// livePackage is the import path of package live.
const livePackage = "ironstar.dev/live"

// wire puts what a package newly has into the main file of the application.
func (a *addition) wire(pkg *model.Package) error {
	entries := a.entries(pkg)
	if len(entries) == 0 {
		return nil
	}
	name, err := a.mainFile(pkg)
	if err != nil {
		return err
	}
	if name == "" {
		a.byHand = append(a.byHand, manual{"the ops.App of the application", domainByHand(pkg, entries)})
		return nil
	}
	f, err := a.goFile(name)
	if err == nil {
		err = a.wireInto(f, pkg, entries)
	}
	if errors.Is(err, add.ErrByHand) {
		delete(a.code, name)
		a.byHand = append(a.byHand, manual{name, domainByHand(pkg, entries)})
		return nil
	}
	return err
}

// entryOf is a field of a Domain: its value is an expression of an imported
// package.
type entryOf struct {
	field       string
	importPath  string
	pkg         string // name of the imported package
	before, end string // of the value, around the name of the package
}

// entries lists the fields of the Domain for what is new in a package.
func (a *addition) entries(pkg *model.Package) []entryOf {
	all := a.codeEntries(pkg, func(name string) bool { return !a.isOld(pkg, name) })
	for _, v := range pkg.Views {
		if !a.isOld(pkg, v.Name) {
			all = append(all, entryOf{naming.PageOptions.Of(v.Name), livePackage, "live", "", ".ViewOptions{NoPage: true}"})
		}
	}
	return all
}

// codeEntries lists the fields of the Domain for the hand-written code of some
// aggregates, views and processes of a package.
func (a *addition) codeEntries(pkg *model.Package, some func(name string) bool) []entryOf {
	var all []entryOf
	for _, side := range codegen.Sides(pkg, a.project.options()) {
		if !some(side.Type) {
			continue
		}
		typ, value := a.implementation(path.Dir(side.File), side.Type)
		before, end, _ := strings.Cut(value, typ)
		all = append(all, entryOf{naming.Code.Of(side.Type), path.Join(a.project.modPath, path.Dir(side.File)), side.Package, before, "." + typ + end})
	}
	return all
}

// isOld reports whether the schema had an aggregate, view or process before.
func (a *addition) isOld(pkg *model.Package, name string) bool {
	return slices.ContainsFunc(a.before.Packages, func(p *model.Package) bool {
		return p.Path == pkg.Path && (slices.ContainsFunc(p.Aggregates, func(g *model.Aggregate) bool { return g.Name == name }) ||
			slices.ContainsFunc(p.Views, func(v *model.View) bool { return v.Name == name }) ||
			slices.ContainsFunc(p.Processes, func(one *model.Process) bool { return one.Name == name }))
	})
}

// isKnownPackage reports whether the schema had an aggregate or view of a package
// before.
func (a *addition) isKnownPackage(pkg *model.Package) bool {
	return slices.ContainsFunc(a.before.Packages, func(p *model.Package) bool { return p.Path == pkg.Path && len(p.Aggregates)+len(p.Views) > 0 })
}

// mainFile finds the file with the ops.App of the application, or returns "". If there
// are several, it is the one with the domain of a package, or else the first one.
func (a *addition) mainFile(pkg *model.Package) (string, error) {
	first := ""
	for _, pattern := range []string{"cmd/app/*.go", "cmd/*/*.go", "cmd/*/*/*.go", "*.go"} {
		found, err := a.glob(pattern)
		if err != nil {
			return "", err
		}
		for _, name := range found {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := a.read(name)
			if err != nil {
				return "", err
			}
			f, err := add.ReadGo(text)
			if err == nil && f.HasApp() && f.HasDomain(f.Imported(a.httpImport(pkg))) {
				return name, nil
			}
			if err == nil && f.HasApp() || err != nil && strings.Contains(string(text), "ops.App{") {
				first = cmp.Or(first, name)
			}
		}
	}
	return first, nil
}

// httpImport returns the import path of the generated package that serves another.
func (a *addition) httpImport(pkg *model.Package) string {
	return path.Join(a.project.modPath, a.project.options().Gen, naming.Folder(pkg), naming.HTTPPackage(pkg))
}

// wireInto puts entries into the literal of the domain.
func (a *addition) wireInto(f *add.GoFile, pkg *model.Package, entries []entryOf) error {
	http, err := f.Import(a.httpImport(pkg), naming.HTTPPackage(pkg), "gen")
	if err != nil {
		return err
	}
	var lines []string
	for _, e := range entries {
		if f.Sets(http, e.field) {
			continue
		}
		local, err := f.Import(e.importPath, e.pkg, "code")
		if err != nil {
			return err
		}
		lines = append(lines, e.field+": "+e.before+local+e.end+",")
	}
	if len(lines) == 0 {
		return nil
	}
	if !f.HasDomain(http) && f.HasOtherDomains() && a.isKnownPackage(pkg) {
		return add.ErrByHand // its Domain may be one of those
	}
	return f.Wire(http, lines)
}

// domainByHand is what a person puts into the main file.
func domainByHand(pkg *model.Package, entries []entryOf) string {
	var b strings.Builder
	b.WriteString("\t" + naming.HTTPPackage(pkg) + ".Domain{\n")
	for _, e := range entries {
		b.WriteString("\t\t" + e.field + ": " + e.before + e.pkg + e.end + ",\n")
	}
	b.WriteString("\t}")
	return b.String()
}
