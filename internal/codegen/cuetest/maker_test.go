package cuetest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// maker makes random schemas by a grammar of CUE. odd is the percentage of
// unusual choices.
type maker struct {
	*rand.Rand
	odd      int
	packages []madePackage
	names    map[string]bool // of the package's definitions
	types    []string        // types that fields may refer to
	texts    []string        // types that are strings
	structs  []string        // types that are structs
}

type madePackage struct {
	path, name string
	types      []string
	structs    []string
}

func (m *maker) oddly() bool             { return m.IntN(100) < m.odd }
func (m *maker) chance(in int) bool      { return m.IntN(in) == 0 }
func (m *maker) pick(s ...string) string { return s[m.IntN(len(s))] }

// name chooses a plain or an odd name.
func (m *maker) name(plain, odd []string) string {
	if m.oddly() {
		return m.pick(odd...)
	}
	return m.pick(plain...)
}

const madeModule = "example.com/app"

var (
	packageNames    = []string{"todo", "shop", "money", "people"}
	oddPackageNames = []string{"type", "string", "wire", "ironstar", "live", "time", "errors", "main", "test", "schema", "gen", "todohttp", "x_test", "größe", "Upper", "init", "ts", "fmt", "v", "wiretest", "json", "c", "events", "strconv", "slices", "d"}
	packageDirs     = []string{"", "a/", "deep/er/"}
	oddPackageDirs  = []string{"internal/", "vendor/", "testdata/", "a b/", "ts/", "größe/", "x.y/", "v2/", "con/", "todo/"}
)

// schema returns the files of a random schema.
func (m *maker) schema() map[string]string {
	files := map[string]string{}
	if m.chance(3) {
		files["cue.mod/module.cue"] = "module: \"" + madeModule + "\"\nlanguage: version: \"v0.17.0\"\n"
	}
	for range 1 + m.IntN(3) {
		name, dir := m.name(packageNames, oddPackageNames), m.name(packageDirs, oddPackageDirs)
		folder := dir + name
		if m.chance(8) {
			folder = strings.TrimSuffix(dir+"other", "/")
		}
		module := "schema.local"
		if files["cue.mod/module.cue"] != "" {
			module = madeModule
		}
		if files[folder+"/"+name+".cue"] != "" {
			continue
		}
		m.names, m.types, m.texts, m.structs = map[string]bool{}, nil, nil, nil
		text := m.packageText(name, folder, files)
		files[folder+"/"+name+".cue"] = text
		m.packages = append(m.packages, madePackage{module + "/" + folder, name, m.types, m.structs})
	}
	return files
}

// packageText returns the only file of CUE of a package. Its SQL goes into files.
func (m *maker) packageText(name, folder string, files map[string]string) string {
	var decls strings.Builder
	for range m.IntN(6) {
		decls.WriteString(m.doc("") + m.definition())
	}
	var aggregates []madeAggregate
	for range m.IntN(3) {
		a := m.aggregate()
		aggregates = append(aggregates, a)
		decls.WriteString(m.doc("") + a.text)
	}
	if len(aggregates) > 0 {
		for range m.IntN(3) {
			decls.WriteString(m.doc("") + m.view(aggregates))
		}
		decls.WriteString(m.queries(aggregates, folder, files))
	}
	for range m.IntN(2) {
		fmt.Fprintf(&decls, "%s#%s: schema.#Signals & {\n%s}\n", m.doc(""), m.typeName(), m.fields(signalField, 4))
	}
	decls.WriteString("_max: 50\n_word: \"ab\"\n")
	body := decls.String()
	return m.doc("") + "package " + name + "\n\n" + m.imports(body) + body
}

// imports returns the imports that a text needs.
func (m *maker) imports(body string) string {
	var b strings.Builder
	for _, name := range []string{"strings", "strconv", "list", "time", "struct", "math"} {
		if strings.Contains(body, name+".") {
			fmt.Fprintf(&b, "import %q\n", name)
		}
	}
	if strings.Contains(body, "schema.#") {
		b.WriteString("import \"ironstar.dev/schema\"\n")
	}
	for i, p := range m.packages {
		if strings.Contains(body, fmt.Sprintf("p%d.#", i)) {
			fmt.Fprintf(&b, "import p%d \"%s:%s\"\n", i, p.path, p.name)
		}
	}
	return b.String() + "\n"
}

var (
	typeNames    = []string{"Money", "Line", "Address", "Item", "Part", "Colour", "Size", "Person", "Note", "Tree", "Shape", "Price", "Label", "Route"}
	oddTypeNames = []string{"Type", "Func", "String", "Error", "Event", "Command", "State", "Decision", "Map", "List", "Params", "View", "Record",
		"Origin", "UUID", "Time", "Decimal", "HTTP", "Init", "Main", "Test", "HelloLinux", "ThingTest", "JSON", "Context", "T", "ItemState",
		"ItemAdd", "ItemAdded", "ItemCommand", "ItemCommands", "ItemView", "ItemParams", "ItemKind", "Größe", "Array", "Promise", "Object", "MoneyAmount", "Any",
		"Refusal", "Hooks", "Api", "API", "Stream", "Types", "Signals", "Cases", "Any", "item", "Item_x", "X1", "Null", "Undefined", "Stubs", "Zero", "ItemEvents", "ItemRefusals"}
)

// typeName returns a name for a definition, usually an unused one.
func (m *maker) typeName() string {
	name := m.name(typeNames, oddTypeNames)
	for i := 0; m.names[name] && i < 20; i++ {
		name = m.pick(typeNames...) + m.pick("", "Two", "Three", "State", "Kind")
	}
	m.names[name] = true
	return name
}

// definition declares a type.
func (m *maker) definition() string {
	name := m.typeName()
	before := len(m.types)
	if m.oddly() {
		m.types = append(m.types, "#"+name) // before its body, so that it may be recursive
	}
	text := ""
	switch m.IntN(8) {
	case 0:
		text = m.text()
		m.texts = append(m.texts, "#"+name)
	case 1:
		text = m.stringEnum()
	case 2:
		text = m.intEnum()
	case 3:
		return m.union(name)
	case 4:
		text = m.composite(1)
	default:
		m.structs = append(m.structs, "#"+name)
		text = "{\n" + m.fields(plainField, 5) + m.recursion(name) + "}"
	}
	if len(m.types) == before {
		m.types = append(m.types, "#"+name)
	}
	return "#" + name + ": " + text + m.typeAttribute() + "\n"
}

// recursion returns a field of the enclosing struct's type.
func (m *maker) recursion(name string) string {
	if !m.chance(4) {
		return ""
	}
	return "\tagain" + m.pick("?: #"+name, ": [...#"+name+"]", ": [string]: #"+name, "?: {in: [...#"+name+"]}") + "\n"
}

func (m *maker) typeAttribute() string {
	if !m.oddly() {
		return ""
	}
	return " " + m.pick("@go(name=Other)", "@ts(name=Other)", "@go(name=Item)", "@go(name=Error)", "@ts(name=Array)", "@ts(name=string)", "@ts(name=class)", "@go(name=T)", "@final()", "@secret()", "@go(type=\"int\")", "@personal()", "@go()", "@go(name=)", "@go(name=größe)")
}

// union returns structs with a constant discriminator, and the union of them.
func (m *maker) union(name string) string {
	tag := m.fieldName(plainField)
	var arms, decls []string
	for i := range 1 + m.IntN(4) {
		value := fmt.Sprintf("%q", strings.ToLower(name)+m.pick("", "-", " ", "_")+string(rune('a'+i)))
		if m.oddly() {
			value = m.pick(oddValues...)
		}
		body := "{\n\t" + tag + ": " + value + "\n" + m.fields(plainField, 3, tag) + "}"
		if m.chance(5) {
			arms = append(arms, body)
			continue
		}
		arm := m.typeName()
		arms = append(arms, "#"+arm)
		m.types = append(m.types, "#"+arm)
		decls = append(decls, "#"+arm+": "+body+"\n")
	}
	m.types = append(m.types, "#"+name)
	return "#" + name + ": " + strings.Join(arms, " | ") + "\n" + strings.Join(decls, "")
}
