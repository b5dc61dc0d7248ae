package cueload

import (
	"go/token"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// nameGo sets the Go names of values of enums. It reports names that cannot be
// used and names that two things would have.
func (r *schemaReader) nameGo(s *model.Schema) {
	types := map[*model.Package][]naming.Type{}
	for _, pkg := range s.Packages {
		types[pkg] = naming.Types(pkg)
		for _, t := range types[pkg] {
			r.nameConstants(t.Named)
		}
	}
	for _, pkg := range s.Packages {
		r.packageName(pkg)
		for _, a := range pkg.Aggregates {
			r.capital(a.Name, "an aggregate", a.Pos)
		}
		for _, v := range pkg.Views {
			r.capital(v.Name, "a view", v.Pos)
		}
		for _, q := range pkg.Queries {
			r.capital(q.Name, "a query", q.Pos)
		}
		for _, p := range pkg.Processes {
			r.capital(p.Name, "a process", p.Pos)
		}
		for _, t := range types[pkg] {
			r.typeName(t)
			r.fieldNames(t)
		}
	}
	r.collisions(s)
}

// collisions reports names that two things would have.
func (r *schemaReader) collisions(s *model.Schema) {
	unclear := map[model.Pos]bool{} // cases without a tag have no names either
	for _, e := range r.problems.errs {
		if e.Code == codeSum {
			for _, at := range e.Also {
				unclear[at] = true
			}
		}
	}
	for _, c := range naming.Collisions(s) {
		if unclear[c.Second.Pos] {
			continue
		}
		hint := "rename one of them"
		for _, n := range []naming.Name{c.Second, c.First} {
			if n.Hint != "" {
				hint += ", or write " + n.Hint + " behind " + n.Of
				break
			}
		}
		code := codeGoCollision
		if c.Second.Member {
			code = codeFieldCollision
		}
		r.problems.addAlso(code, c.Second.Pos, []model.Pos{c.First.Pos}, hint,
			"%s and %s are both called %s in %s", c.Second.What, c.First.What, c.Second.Text, c.Second.Scope)
	}
}

func (r *schemaReader) packageName(pkg *model.Package) {
	switch name := pkg.Name; {
	case token.IsKeyword(name), name == "main", name == "init", name == "documentation", strings.HasSuffix(name, "_test"), !token.IsIdentifier(name):
		r.problems.add(codeGoName, pkg.Pos, "give the package another name", "no Go package can be called %s", name)
	}
	for _, dir := range strings.Split(pkg.Dir, "/") {
		if dir != "." && !importable(dir) {
			r.problems.add(codeGoName, pkg.Pos, "give the directory a name of small letters and digits", "no Go package can be imported from a directory called %q", dir)
		}
	}
}

// importable reports whether a name can be an element of a Go import path,
// whether every package may import what is below it, and whether the TypeScript
// file of that name is not a declaration file.
func importable(dir string) bool {
	switch {
	case dir == "internal", dir == "vendor", dir == "testdata", strings.HasPrefix(dir, "_"), strings.HasSuffix(dir, ".d"):
		return false
	}
	return module.CheckImportPath(dir) == nil
}

// capital reports names that views could not refer to and Go could not export.
func (r *schemaReader) capital(name, what string, at model.Pos) {
	if !isTypeName(name) {
		r.problems.add(codeBadName, at, "names begin with a capital letter and go on with letters and digits", "%q cannot be the name of %s", name, what)
	}
}

// typeName reports a type whose name is not valid in Go or TypeScript.
func (r *schemaReader) typeName(t naming.Type) {
	r.goName(t.GoName, t.What, t.Pos, "add @go(name=…), with a capital letter first")
	if !naming.IsTypeScriptName(t.TSName) {
		r.problems.add(codeGoName, t.Pos, "choose another one in @ts(name=…)", "%s cannot be called %q in TypeScript", t.What, t.TSName)
	}
	for _, v := range t.Type.Values {
		r.goName(v.GoName, "value "+strconv.Quote(v.Text)+" of "+t.Name, v.Pos, "add @go(value="+strconv.Quote(v.Text)+", name=…)")
	}
}

func (r *schemaReader) goName(name, what string, at model.Pos, hint string) {
	if !token.IsExported(name) || !token.IsIdentifier(name) {
		r.problems.add(codeGoName, at, hint, "%s cannot be called %q in Go", what, name)
	}
}

// reservedFields are names that a field cannot have in Go, because generated
// structs have, or may get, methods with these names. The text says what the
// method does.
var reservedFields = map[string]string{
	"Validate": "checks the struct", "AppendJSON": "writes its JSON", "MarshalJSON": "writes its JSON", "UnmarshalJSON": "reads its JSON",
	"Trim": "trims its texts", "Inject": "fills in what the server knows",
}

// fieldNames compares the names of a struct's fields with each other, and
// completes defaults. The table of names checks them against the methods of the
// struct.
func (r *schemaReader) fieldNames(t naming.Type) {
	goNames, folded := map[string]*model.Field{}, map[string]*model.Field{}
	for _, f := range t.Type.Fields {
		r.defaultName(f)
		if old := folded[naming.Fold(f.Name)]; old != nil {
			r.sameName(old, f, t.What)
			continue
		}
		folded[naming.Fold(f.Name)] = f
		if f.Const != nil {
			continue
		}
		old := goNames[f.GoName]
		switch {
		case !token.IsExported(f.GoName) || !token.IsIdentifier(f.GoName):
			r.goName(f.GoName, "field "+f.Name, f.Pos, "add @go(name=…), with a capital letter first")
		case reservedFields[f.GoName] != "":
			r.problems.add(codeFieldCollision, f.Pos, "write @go(name=Other"+f.GoName+") behind it", "field %s and the method that %s are both called %s in Go", f.Name, reservedFields[f.GoName], f.GoName)
		case old != nil:
			r.problems.addAlso(codeFieldCollision, f.Pos, []model.Pos{old.Pos}, "add @go(name=…) to one of them", "fields %s and %s of %s are both called %s in Go", old.Name, f.Name, t.What, f.GoName)
		}
		goNames[f.GoName] = f
	}
}

// defaultName finds the Go constant for a default that is a value of an enum.
func (r *schemaReader) defaultName(f *model.Field) {
	if f.Default == nil {
		return
	}
	e := underlyingNamed(f.Type)
	if e == nil || e.Type.Kind != model.Enum {
		return
	}
	for _, c := range e.Type.Values {
		if c.Text == f.Default.Text {
			f.Default.GoName = c.GoName
		}
	}
}

// underlyingNamed returns the Named at the end of a chain of references.
func underlyingNamed(t *model.Type) (n *model.Named) {
	for range 100 {
		if t == nil || t.Kind != model.Ref {
			break
		}
		n, t = t.Named, t.Named.Type
	}
	return n
}

// nameConstants names the values of an enum: CurrencyCHF, PrioMinus1. A name
// depends on its value alone, so that no other value can change it. Different
// values with the same name ("a b", "a-b") are a collision, which @go(value=…)
// resolves: its name follows the name of the type.
func (r *schemaReader) nameConstants(t *model.Named) {
	if t.Type.Kind != model.Enum {
		return
	}
	for i := range t.Type.Values {
		c := &t.Type.Values[i]
		c.GoName = t.GoName + naming.Constant(*c)
	}
named:
	for _, v := range r.valueNames[t] {
		for i := range t.Type.Values {
			if t.Type.Values[i].Text == v.value {
				t.Type.Values[i].GoName = t.GoName + v.name
				continue named
			}
		}
		r.problems.add(codeAttribute, v.at, "write one of its values", "%s has no value %q", t.Name, v.value)
	}
}
