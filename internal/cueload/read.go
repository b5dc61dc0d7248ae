package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
)

// defKey names a definition: the import path of its package and its name with
// the #.
type defKey struct{ pkg, name string }

// definition is one top-level definition of a package.
type definition struct {
	key    defKey
	value  cue.Value
	role   string // "", or what of the meta-schema it is: "#Aggregate", "#View", …
	named  *model.Named
	pos    model.Pos
	asking bool // its kind is being asked for: a second time is a cycle
}

// reader walks CUE values and fills the model.
type reader struct {
	*loader
	defs   map[defKey]*definition
	defAt  map[model.Pos]*definition
	aggs   map[defKey]*model.Aggregate
	now    string            // the package being read
	labels map[defKey]*label // package and path of a field to what is written there
	// following is the chain of references to hidden things that is being
	// resolved, to notice when one leads back to itself.
	following []string
	leafDepth int
	depth     int // of types without a name inside each other
	sums      []pendingSum
	evolving  []evolving
	claims    []typeClaim
	reading   map[string]bool // structs on the way here, by where they are written
}

// read makes the model of every package.
func (l *loader) read() (*model.Schema, error) {
	r := &reader{loader: l, defs: map[defKey]*definition{}, defAt: map[model.Pos]*definition{}, aggs: map[defKey]*model.Aggregate{}, reading: map[string]bool{}, labels: map[defKey]*label{}}
	s := &model.Schema{}
	packages, defs := map[*folder]*model.Package{}, map[*folder][]*definition{}
	for _, f := range l.folders {
		r.guard(f, func() {
			pkg := r.newPackage(f)
			s.Packages = append(s.Packages, pkg)
			packages[f], defs[f] = pkg, r.collect(pkg)
		})
	}
	for _, f := range l.order {
		if pkg := packages[f]; pkg != nil {
			r.guard(f, func() { r.fill(pkg, defs[f]) })
		}
	}
	r.finishSums()
	for _, e := range r.evolving {
		r.guard(r.byPath[e.key.pkg], func() { r.upcasts(e.aggregate, e.definition) })
	}
	r.checkClaims()
	for _, pkg := range s.Packages {
		r.nameGo(pkg)
	}
	r.contradictions(s)
	r.apart(s)
	if len(l.problems.errs) == 0 {
		r.sayRest("#") // what CUE says against what could not be read at all
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (r *reader) newPackage(f *folder) *model.Package {
	pkg := &model.Package{Path: f.path, Name: f.name, Dir: f.dir}
	var docs []string
	for _, file := range f.files {
		pkg.Files = append(pkg.Files, file.Filename)
		if d := packageDoc(file); d != "" {
			docs = append(docs, d)
		}
	}
	pkg.Doc = strings.Join(docs, "\n\n")
	return pkg
}

// collect lists the definitions of a package in source order and says what each
// is, without looking inside types: they may refer to each other.
func (r *reader) collect(pkg *model.Package) []*definition {
	var defs []*definition
	r.now = pkg.Path
	roles := rolesOf(r.byPath[pkg.Path])
	indexLabels(r.labels, pkg.Path, r.byPath[pkg.Path].files)
	v := r.values[pkg.Path]
	for iter, _ := v.Fields(cue.Definitions(true)); iter.Next(); {
		sel := iter.Selector()
		if !sel.IsDefinition() {
			continue
		}
		d := &definition{key: defKey{pkg.Path, sel.String()}, value: iter.Value()}
		d.role, d.pos = roles[d.key.name], r.pos(d.value)
		if d.role == "" {
			d.named = r.newNamed(pkg, d)
		}
		defs = append(defs, d)
		r.defs[d.key], r.defAt[d.pos] = d, d
	}
	slices.SortStableFunc(defs, func(a, b *definition) int { return comparePos(a.pos, b.pos) })
	return defs
}

func (r *reader) newNamed(pkg *model.Package, d *definition) *model.Named {
	n := &model.Named{Package: pkg, Name: d.name(), GoName: exported(d.name()), TSName: exported(d.name()), Doc: docOf(d.value), Pos: d.pos}
	a := r.attributes(d.value, d.key.name, "go", "ts", "type")
	rename(n, a)
	r.claimType(d.key.name, a, &model.Type{Kind: model.Ref, Named: n})
	return n
}

// rename gives a type the names that its attributes ask for.
func rename(n *model.Named, a attrs) {
	if a.goName != "" {
		n.GoName, n.TSName = a.goName, a.goName
	}
	if a.tsName != "" {
		n.TSName = a.tsName
	}
}

// name is the definition's name without the #.
func (d *definition) name() string { return strings.TrimPrefix(d.key.name, "#") }

// structural are the definitions of the meta-schema that say what a definition
// is; the others are types.
var structural = map[string]bool{
	"#Aggregate": true, "#View": true, "#Signals": true, "#Process": true, "#Payload": true, "#Event": true, "#Retired": true,
}

// fill reads every definition of a package: types first, then aggregates, then
// what refers to aggregates.
func (r *reader) fill(pkg *model.Package, defs []*definition) {
	r.now = pkg.Path
	for _, d := range defs {
		if d.named != nil {
			pkg.Types = append(pkg.Types, d.named)
			d.named.Type = r.definedType(d)
		}
	}
	distinctNames(r, "definitions", defs, func(d *definition) (string, model.Pos) { return d.key.name, d.pos })
	for _, d := range defs {
		switch d.role {
		case "#Aggregate":
			pkg.Aggregates = append(pkg.Aggregates, r.aggregate(pkg, d))
		case "#Signals":
			pkg.Signals = append(pkg.Signals, r.signals(pkg, d))
		case "#Process":
			r.problems.add(codeProcess, d.pos, "", "processes are not part of this release: %s comes later", d.key.name)
		case "#Payload", "#Event", "#Retired":
			r.problems.add(codeNotType, d.pos, "write the payload where it is used, or the type without schema."+d.role, "schema.%s is a part of the language, not something to be", d.role)
		}
	}
	for _, d := range defs {
		if d.role == "#View" {
			pkg.Views = append(pkg.Views, r.view(pkg, d))
		}
	}
}
