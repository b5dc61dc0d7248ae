package cueload

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
)

// defKey identifies a definition by the import path of its package and its name
// with the #.
type defKey struct{ pkg, name string }

// definition is one top-level definition of a package.
type definition struct {
	key   defKey
	value cue.Value
	role  string // "" for a type; otherwise the definition of the meta-schema that it uses: "#Aggregate", "#View", …
	named *model.Named
	attrs attrs // of a type
	pos   model.Pos
}

// schemaReader makes the model of a schema: first each package, then what
// requires all packages.
type schemaReader struct {
	*loader
	defs       map[defKey]*definition
	defAt      map[model.Pos]*definition
	aggs       map[defKey]*model.Aggregate
	labels     map[defKey]*label // by package and path of a field
	sums       []pendingSum
	operands   map[model.Pos]operand // those of all unions of structs
	defaulted  []*model.Field        // fields whose defaults still have the names of CUE
	evolving   []evolving
	readings   []reading
	formerly   []formerName
	lists      []pendingList
	showing    []pendingShow // of the package that is read
	claims     []typeClaim
	messages   []pendingMessage
	ins        []pendingIn
	tos        []pendingTo
	bounded    []bounded
	valueNames map[*model.Named][]valueName // by enum, from attributes
}

// reader reads the CUE values of one package.
type reader struct {
	*schemaReader
	pkg *model.Package
}

// read makes the model of every package.
func (l *loader) read() (*model.Schema, error) {
	r := &schemaReader{loader: l, defs: map[defKey]*definition{}, defAt: map[model.Pos]*definition{}, aggs: map[defKey]*model.Aggregate{}, labels: map[defKey]*label{}, operands: l.operands, valueNames: map[*model.Named][]valueName{}}
	s := &model.Schema{}
	readers, defs := map[*folder]*reader{}, map[*folder][]*definition{}
	for _, f := range l.folders {
		r.guard(f, func() {
			in := &reader{r, r.newPackage(f)}
			s.Packages = append(s.Packages, in.pkg)
			readers[f], defs[f] = in, in.collect()
		})
	}
	for _, f := range l.order {
		if in := readers[f]; in != nil {
			r.guard(f, func() { in.fill(defs[f]) })
		}
	}
	r.finishSums()
	r.finishDefaults()
	r.finishDecimals()
	r.endless(s)
	r.finishReads()
	r.finishIn()
	r.finishTo()
	r.checkFormers()
	r.finishLists()
	for _, e := range r.evolving {
		in := &reader{r, e.aggregate.Package}
		r.guard(r.byPath[e.key.pkg], func() { in.upcasts(e.aggregate, e.definition) })
	}
	r.checkClaims()
	r.finishMessages()
	r.nameGo(s)
	r.contradictions(s)
	r.checkAddresses(s)
	if len(l.problems.errs) == 0 {
		r.reportRemaining("", "#") // CUE's errors in steps that could not be read
	}
	if err := l.problems.err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (r *schemaReader) newPackage(f *folder) *model.Package {
	pkg := &model.Package{Path: f.path, Name: f.name, Dir: f.dir, Pos: packagePos(f)}
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

// collect lists the definitions of a package in source order with the role of
// each. It does not look inside types, because they may refer to each other.
func (r *reader) collect() []*definition {
	var defs []*definition
	pkg := r.pkg
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
	n := &model.Named{Package: pkg, Name: d.name(), GoName: naming.Exported(d.name()), TSName: naming.Exported(d.name()), Doc: docOf(d.value), Pos: d.pos}
	a := r.attributes(d.value, d.key.name, "go", "ts", "type", "message", "decimal")
	d.attrs = a
	rename(n, a)
	r.valueNames[n] = a.values
	r.message(d.value, pendingMessage{what: d.key.name, of: &model.Type{Kind: model.Ref, Named: n}, set: func(m *model.Message) { n.Message = m }})
	r.claimType(d.key.name, a, &model.Type{Kind: model.Ref, Named: n})
	return n
}

// rename gives a type the names in its attributes.
func rename(n *model.Named, a attrs) {
	if a.goName != "" {
		n.GoName, n.TSName = a.goName, a.goName
	}
	if a.tsName != "" {
		n.TSName = a.tsName
	}
}

// name returns the definition's name without the #.
func (d *definition) name() string { return strings.TrimPrefix(d.key.name, "#") }

// structural lists the definitions of the meta-schema that give a definition a
// role. A definition that uses none of them is a type.
var structural = map[string]bool{
	"#Aggregate": true, "#View": true, "#Signals": true, "#Process": true, "#Query": true, "#Payload": true, "#Event": true, "#Retired": true,
}

// fill reads every definition of a package: first types, then aggregates, then
// what refers to aggregates.
func (r *reader) fill(defs []*definition) {
	pkg := r.pkg
	for _, d := range defs {
		if d.named != nil {
			pkg.Types = append(pkg.Types, d.named)
			d.named.Type = r.definedType(d)
			if d.attrs.decimal {
				d.named.Type = r.decimal(d.value, d.key.name, d.named.Type)
			}
		}
	}
	distinctNames(r, "definitions", defs, func(d *definition) (string, model.Pos) { return d.key.name, d.pos })
	for _, d := range defs {
		switch d.role {
		case "#Aggregate":
			pkg.Aggregates = append(pkg.Aggregates, r.aggregate(pkg, d))
		case "#Signals":
			pkg.Signals = append(pkg.Signals, r.signals(pkg, d))
		case "#Payload", "#Event", "#Retired":
			r.problems.add(codeNotType, d.pos, "write the payload where it is used, or the type without schema."+d.role, "schema.%s is a part of the language, not something to be", d.role)
		}
	}
	for _, d := range defs {
		switch d.role {
		case "#View":
			pkg.Views = append(pkg.Views, r.view(pkg, d))
		case "#Process":
			pkg.Processes = append(pkg.Processes, r.process(pkg, d))
		}
	}
	for _, d := range defs {
		if d.role == "#Query" {
			pkg.Queries = append(pkg.Queries, r.query(pkg, d))
		}
	}
	r.showAll()
}
