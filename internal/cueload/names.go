package cueload

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/module"

	"ironstar.dev/internal/model"
)

// namer gives everything in a package its Go name and finds collisions.
type namer struct {
	*reader
	pkg  *model.Package
	used map[string]taken // Go names of the package
	seen map[*model.Named]bool
}

// taken is what has a name already.
type taken struct {
	what string
	pos  model.Pos
}

// nameGo names the types written in place and the constants of a package, and
// reports names that cannot be used.
func (r *reader) nameGo(pkg *model.Package) {
	n := &namer{reader: r, pkg: pkg, used: map[string]taken{}, seen: map[*model.Named]bool{}}
	n.packageName()
	for _, a := range pkg.Aggregates {
		n.aggregate(a)
	}
	for _, v := range pkg.Views {
		n.view(v)
	}
	for _, t := range pkg.Types {
		n.named(t, "type #"+t.Name)
	}
	for _, s := range pkg.Signals {
		n.named(s.Payload, "signals #"+s.Name)
		n.claimAll([]string{"*Signals", "*Version", "Read*"}, s.Payload.GoName, "signals #"+s.Name, s.Pos)
	}
	n.hooks()
}

func (n *namer) packageName() {
	name, at := n.pkg.Name, packagePos(n.byPath[n.pkg.Path])
	switch {
	case token.IsKeyword(name), name == "main", name == "init", strings.HasSuffix(name, "_test"), !token.IsIdentifier(name):
		n.problems.add(codeGoName, at, "give the package another name", "no Go package can be called %s", name)
	}
	for _, dir := range strings.Split(n.pkg.Dir, "/") {
		if dir != "." && !importable(dir) {
			n.problems.add(codeGoName, at, "give the directory a name of small letters and digits", "no Go package can be imported from a directory called %q", dir)
		}
	}
}

// importable says whether Go takes a name as part of an import path, and
// everybody may import what is below.
func importable(dir string) bool {
	switch dir {
	case "internal", "vendor", "testdata":
		return false
	}
	return module.CheckImportPath(dir) == nil
}

// capital reports names that views could not refer to, nor Go export.
func (n *namer) capital(name, what string, at model.Pos) {
	if !isTypeName(name) {
		n.problems.add(codeBadName, at, "names begin with a capital letter and go on with letters and digits", "%q cannot be the name of %s", name, what)
	}
}

func (n *namer) aggregate(a *model.Aggregate) {
	name := exported(a.Name)
	n.capital(a.Name, "an aggregate", a.Pos)
	n.claimAll(aggregateNames, name, "aggregate #"+a.Name, a.Pos)
	if len(a.Hands()) > 0 {
		n.claimAll([]string{"*Upcasts"}, name, "aggregate #"+a.Name, a.Pos)
	}
	for _, c := range a.Commands {
		n.named(c.Payload, "command "+c.Name)
	}
	for _, e := range a.Events {
		for _, v := range e.Versions {
			n.named(v.Payload, "event "+e.Name)
		}
	}
	for _, e := range a.Retired {
		for _, v := range e.Versions {
			n.named(v.Payload, "retired event "+e.Name)
		}
	}
	for _, f := range a.Refusals {
		n.named(f.Payload, "refusal "+f.Name)
		for _, field := range f.Payload.Type.Fields {
			if field.GoName == "Error" || field.GoName == "Code" {
				n.problems.add(codeFieldCollision, field.Pos, "add @go(name=Other"+field.GoName+")", "a refusal has a Go method %s already", field.GoName)
			}
		}
	}
	n.inline(a.State, "the state of #"+a.Name)
}

// aggregateNames and viewNames are what is generated for each, with * for its
// name. Package codegen is where they come from.
var (
	aggregateNames = []string{"*", "New*", "*Command", "*Event", "*Refusal", "*Kind", "*Fingerprint", "*Inputs", "*Shapes", "*Steps",
		"Parse*Command", "Encode*Event", "Decode*Event"}
	viewNames = []string{"New*", "*Name", "*Fingerprint"}
)

func (n *namer) claimAll(patterns []string, name, what string, at model.Pos) {
	for _, p := range patterns {
		n.claim(strings.Replace(p, "*", name, 1), what, at)
	}
}

// hooks checks the functions through which other packages reach a type.
func (n *namer) hooks() {
	for _, t := range n.pkg.Types {
		for _, prefix := range []string{"Append", "Check", "Decode", "Known"} {
			if other, ok := n.used[prefix+t.GoName]; ok {
				n.problems.addAlso(codeGoCollision, other.pos, []model.Pos{t.Pos}, "rename one of them, or add @go(name=…)",
					"%s has the Go name %s%s, which is a function for type #%s", other.what, prefix, t.GoName, t.Name)
			}
		}
	}
}

func (n *namer) view(v *model.View) {
	name := exported(v.Name)
	n.capital(v.Name, "a view", v.Pos)
	n.claimAll(viewNames, name, "view #"+v.Name, v.Pos)
	if v.Of == nil {
		n.claim(name, "view #"+v.Name, v.Pos)
		n.inline(v.State, "the state of #"+v.Name)
	}
	if v.Param != nil {
		n.claimAll([]string{"Parse*Params", "*Inputs"}, name, "view #"+v.Name, v.Pos)
		for _, f := range v.Param.Type.Fields {
			if f.GoName == "Query" {
				n.problems.add(codeFieldCollision, f.Pos, "add @go(name=Other"+f.GoName+")", "parameters have a Go method %s already", f.GoName)
			}
		}
		n.named(v.Param, "the parameters of #"+v.Name)
	}
}

// claim takes a Go name of the package; a second taker is a collision.
func (n *namer) claim(name, what string, at model.Pos) {
	if !token.IsExported(name) || !token.IsIdentifier(name) {
		n.problems.add(codeGoName, at, "add @go(name=…), with a capital letter first", "%s cannot be called %q in Go", what, name)
		return
	}
	if old, ok := n.used[name]; ok {
		n.problems.addAlso(codeGoCollision, at, []model.Pos{old.pos}, "rename one of them, or add @go(name=…)", "%s and %s are both called %s in Go", what, old.what, name)
		return
	}
	n.used[name] = taken{what, at}
}

// named claims the name of a type and looks at what is inside.
func (n *namer) named(t *model.Named, what string) {
	if t == nil || n.seen[t] || t.Package != n.pkg {
		return
	}
	n.seen[t] = true
	n.claim(t.GoName, what, t.Pos)
	n.constants(t)
	n.fields(t.Type, what)
	n.inside(t.Type, what)
}

// inline claims the names of types that are written in place.
func (n *namer) inline(t *model.Type, what string) {
	if t == nil {
		return
	}
	if t.Named != nil && t.Named.Inline {
		n.named(t.Named, what)
	}
	n.inside(t, what)
}

func (n *namer) inside(t *model.Type, what string) {
	for _, f := range t.Fields {
		n.inline(f.Type, "field "+f.Name+" of "+what)
	}
	for i, a := range t.Arms {
		if a.Inline {
			n.named(a, "case "+strconv.Itoa(i+1)+" of "+what)
		}
	}
	if t.Key != nil {
		n.inline(t.Key, "a key of "+what)
	}
	n.inline(t.Elem, "an element of "+what)
}

// methods are the names of generated methods, which a field cannot have.
var methods = map[string]bool{
	"Validate": true, "AppendJSON": true, "MarshalJSON": true, "UnmarshalJSON": true, "Trim": true, "Inject": true,
}

// fields checks the names of a struct's fields against each other and against
// the methods that will be generated, and completes defaults.
func (n *namer) fields(t *model.Type, what string) {
	goNames, folded := map[string]*model.Field{}, map[string]*model.Field{}
	for _, f := range t.Fields {
		n.defaultName(f)
		if old := folded[fold(f.Name)]; old != nil {
			n.problems.addAlso(codeCaseFold, f.Pos, []model.Pos{old.Pos}, "rename one of them", "fields %s and %s of %s differ in letter case only", old.Name, f.Name, what)
			continue
		}
		folded[fold(f.Name)] = f
		if f.Const != nil {
			continue
		}
		switch old := goNames[f.GoName]; {
		case !token.IsExported(f.GoName) || !token.IsIdentifier(f.GoName):
			n.problems.add(codeGoName, f.Pos, "add @go(name=…), with a capital letter first", "field %s cannot be called %q in Go", f.Name, f.GoName)
		case methods[f.GoName]:
			n.problems.add(codeFieldCollision, f.Pos, "add @go(name=Other"+f.GoName+")", "field %s has the Go name %s, which is a generated method", f.Name, f.GoName)
		case old != nil:
			n.problems.addAlso(codeFieldCollision, f.Pos, []model.Pos{old.Pos}, "add @go(name=…) to one of them", "fields %s and %s of %s are both called %s in Go", old.Name, f.Name, what, f.GoName)
		}
		goNames[f.GoName] = f
	}
}

// fold is what JSON libraries that ignore case take for the same key.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return least
	}, s)
}

// defaultName finds the Go constant of a default that is an enum's value.
func (n *namer) defaultName(f *model.Field) {
	if f.Default == nil {
		return
	}
	e := underlyingNamed(f.Type)
	if e == nil || e.Type.Kind != model.Enum {
		return
	}
	n.constants(e)
	for _, c := range e.Type.Values {
		if c.Text == f.Default.Text {
			f.Default.GoName = c.GoName
		}
	}
}

// underlyingNamed is the Named at the end of a chain of references.
func underlyingNamed(t *model.Type) (n *model.Named) {
	for range 100 {
		if t == nil || t.Kind != model.Ref {
			break
		}
		n, t = t.Named, t.Named.Type
	}
	return n
}

// constants names the values of an enum: CurrencyCHF, PrioMinus1. Values that
// come out the same ("a b", "a-b") are spelled by their characters instead, so
// that the name of a value does not depend on the order.
func (n *namer) constants(t *model.Named) {
	if t.Type.Kind != model.Enum || len(t.Type.Values) == 0 || t.Type.Values[0].GoName != "" {
		return
	}
	times := map[string]int{}
	for _, c := range t.Type.Values {
		times[constName(c)]++
	}
	for i := range t.Type.Values {
		c := &t.Type.Values[i]
		name := constName(*c)
		if name == "" || times[name] > 1 {
			name = spelled(c.Text)
		}
		c.GoName = t.GoName + name
		if t.Package == n.pkg {
			n.claim(c.GoName, "value "+strconv.Quote(c.Text)+" of "+t.Name, c.Pos)
		}
	}
}

func constName(c model.Const) string {
	if c.Kind == model.Int {
		return strings.Replace(c.Text, "-", "Minus", 1)
	}
	if c.Text == "" {
		return "Empty"
	}
	for _, r := range c.Text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return exported(c.Text)
		}
	}
	return ""
}

// spelled names text by the code points of what is not a letter or digit, and
// by case: "a b" is a_0020_b.
func spelled(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteString("_" + strings.ToUpper(strconv.FormatInt(int64(r)+0x10000, 16)[1:]) + "_")
		}
		text = text[size:]
	}
	return "_" + b.String()
}
