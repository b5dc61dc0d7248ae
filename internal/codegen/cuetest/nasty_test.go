package cuetest_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

var (
	nastyCount = flag.Int("nasty", 120, "how many schemas of nasty names TestCollidingNames makes")
	nastySeed  = flag.Uint64("nastyseed", 1, "the first of their seeds")
	nastyVet   = flag.Int("nastyvet", 0, "how many of those that compile go vet looks at too")
)

// nastyNames makes schemas whose names could collide with generated code:
// keywords, names that Go, TypeScript or generated code use, and names that are
// derived from other names.
type nastyNames struct {
	*rand.Rand
	made []string // names of definitions so far; new ones are derived from them
	seen map[string]bool
}

// nastyWords are used alone and joined to names.
var nastyWords = strings.Fields(`Add Item AddItem List Board Routes Context Page Title Feed URL Form Forms Params Name Kind Command Event
	Refusal Register Domain Parts Options State Shapes Steps Inputs Fingerprint Upcasts Values Known Value Signals Version New Parse Encode Decode Append Check Read
	Test Linux Amd64 Gen Types Hooks View Aggregate Events Source SourceCode History Cases With Query String Error Code AppendJSON
	Initial Evolve Decide Show Type Func Range Map Chan Any Object Array Promise Record Number Symbol Date UUID Url Id Api V1 Test1`)

// nastyPackages are names of packages that collide with imports, variables, or
// files of tests and stubs.
var nastyPackages = strings.Fields(`source testing flag update time embed ironstar ironstartest wire live engine wiretest fmt strconv slices
	strings errors todo todohttp listhttp types any string error nil len min clear append b body by c check d e id json key keys o p
	part1 plain q r s t1 tag touched v verdict verdicts w x missing decodeItem upItem more2 aggregate command documentation main init test ts
	class interface gen schema internal vendor cases hooks context foo_linux foo_test`)

// nastyFields are quoted so that they do not refer to each other.
var nastyFields = strings.Fields(`"item" "items" "add" "name" "kind" "type" "func" "range" "string" "int" "show" "with" "withShow" "values" "value"
	"id" "text" "v" "d" "c" "e" "err" "class" "new" "default" "form" "title" "page" "feed" "routes" "context" "source" "go" "json" "query" "error"`)

func (n *nastyNames) pick(from []string) string { return from[n.IntN(len(from))] }

// name returns a word, or an earlier name with a word before or after it. One
// in twenty differs from an earlier name in letter case only.
func (n *nastyNames) name() string {
	for {
		name := n.pick(nastyWords)
		if len(n.made) > 0 && n.IntN(2) == 0 {
			old := n.made[n.IntN(len(n.made))]
			name = [...]string{old + name, name + old, old + "s"}[n.IntN(3)]
			if n.IntN(20) == 0 {
				name = strings.ToUpper(old)
			}
		}
		if folded := strings.ToLower(name); !n.seen[folded] || name == strings.ToUpper(name) && !n.seen[name] {
			n.seen[folded], n.seen[name] = true, true
			n.made = append(n.made, name)
			return name
		}
	}
}

// part returns the name of a command or event, often one from which another's
// is derived.
func (n *nastyNames) part() string {
	name := n.pick(nastyWords)
	if n.IntN(3) == 0 {
		name += n.pick(nastyWords)
	}
	return name
}

func (n *nastyNames) schema() map[string]string {
	files := map[string]string{}
	n.seen = map[string]bool{"item": true, "useditem": true}
	name := n.pick(nastyPackages)
	files[name+"/a.cue"] = n.pkg(name, "")
	if n.IntN(2) == 0 { // a second package, sometimes with the same name, uses the first
		other, folder := n.pick(nastyPackages), n.pick([]string{"a/", "b/", name + "/", ""})
		if n.IntN(8) == 0 {
			other, folder = name, "a/"
		}
		if files[folder+other+"/a.cue"] == "" {
			n.made, n.seen = nil, map[string]bool{"item": true, "useditem": true}
			files[folder+other+"/a.cue"] = n.pkg(other, fmt.Sprintf("schema.local/%s:%s", name, name))
		}
	}
	return files
}

func (n *nastyNames) pkg(name, uses string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\nimport \"ironstar.dev/schema\"\n", name)
	if uses != "" {
		fmt.Fprintf(&b, "import used %q\n", uses)
	}
	b.WriteString("\n#Item: {kind: \"a\" | \"b\", text: =~\"a\" & =~\"b\"}\n")
	used := "#Item"
	if uses != "" {
		used = "used.#Item"
		fmt.Fprintf(&b, "#UsedItem: {a: used.#Item}\n")
	}
	for range n.IntN(4) {
		switch n.IntN(3) {
		case 0:
			fmt.Fprintf(&b, "#%s: %s\n", n.name(), n.enum())
		case 1:
			fmt.Fprintf(&b, "#%s: {%s: %s, more: =~\"x\"}\n", n.name(), n.pick(nastyFields), n.enum())
		default:
			fmt.Fprintf(&b, "#%s: {is: \"a\", n: int} | {is: \"b\", m: int}\n", n.name())
		}
	}
	aggregates := n.aggregates(&b, used)
	for range n.IntN(3) {
		n.view(&b, aggregates)
	}
	if n.IntN(2) == 0 {
		fmt.Fprintf(&b, "#%s: schema.#Signals & {%s: *\"\" | string}\n", n.name(), n.pick(nastyFields))
	}
	return b.String()
}

func (n *nastyNames) enum() string {
	values := []string{"a", "b", "c", "d", "type", "<=", "known", "State", "Add", "text", "1", "x", "y", "z", "range", "a b", "on", "off", "in_use", "CHF", "2", "-", "é", ""}
	if n.IntN(8) == 0 {
		values = []string{"a b", "a-b", "", "empty", "values", "a"}
	}
	n.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
	return `"` + strings.Join(values[:2], `" | "`) + `"`
}

// nastyAggregate is an aggregate that views can use.
type nastyAggregate struct{ name, event string }

func (n *nastyNames) aggregates(b *strings.Builder, used string) (all []nastyAggregate) {
	for range 1 + n.IntN(2) {
		a := nastyAggregate{n.name(), n.part()}
		fmt.Fprintf(b, "#%s: schema.#Aggregate & {\n\tstate: {%s: %s, one: {is: \"x\"} | {is: \"y\", z: int}}\n\tcommand: {\n", a.name, n.pick(nastyFields), used)
		for range 1 + n.IntN(3) {
			fmt.Fprintf(b, "\t\t%s: {%s: string, way?: %s}\n", n.part(), n.pick(nastyFields), n.enum())
		}
		fmt.Fprintf(b, "\t}\n\tevent: {\n\t\t%s: {\n\t\t\tv1: {text: string, old: [...string]}\n\t\t\tv2: {text: string, news: [...string], kind: string}\n\t\t\ttoV2: {news: [for x in v1.old {x}], kind: v1.text}\n\t\t}\n\t\t%s: v1: {%s: int}\n\t}\n",
			a.event, n.part(), n.pick(nastyFields))
		if n.IntN(2) == 0 {
			fmt.Fprintf(b, "\trefusal: %s: {%s: string}\n", n.part(), n.pick(nastyFields))
		}
		b.WriteString("}\n")
		all = append(all, a)
	}
	return all
}

func (n *nastyNames) view(b *strings.Builder, from []nastyAggregate) {
	fmt.Fprintf(b, "#%s: schema.#View & {\n", n.name())
	if a := from[n.IntN(len(from))]; n.IntN(2) == 0 {
		fmt.Fprintf(b, "\tof: %q\n", a.name)
	} else {
		b.WriteString("\ton: {\n")
		for _, a := range from {
			fmt.Fprintf(b, "\t\t%s: [%q]\n", a.name, a.event)
		}
		fmt.Fprintf(b, "\t}\n\tkey: %q\n\tstate: {%s: int}\n", n.pick([]string{"global", "text"}), n.pick(nastyFields))
	}
	if n.IntN(2) == 0 {
		fmt.Fprintf(b, "\tparam: {%s: *\"a\" | \"b\", wide: *true | bool}\n", n.pick(nastyFields))
	}
	b.WriteString("}\n")
}

// TestCollidingNames: a schema with names that may collide is refused with a
// position, or its Go and TypeScript compile.
func TestCollidingNames(t *testing.T) {
	c := newCompiler(t)
	refused, compiled := 0, 0
	scripts := map[string][]byte{}
	for seed := *nastySeed; seed < *nastySeed+uint64(*nastyCount); seed++ {
		files := (&nastyNames{Rand: rand.New(rand.NewPCG(seed, 3))}).schema()
		out := c.try(filepath.Join(t.TempDir(), "s"), files)
		switch {
		case out.err != nil:
			t.Errorf("seed %d: %v\n%s", seed, out.err, listing(files))
		case out.refused:
			refused++
		default:
			compiled++
			addTypeScript(scripts, seed, out.files)
			if compiled <= *nastyVet {
				dir := module(t, "golden.test/odd")
				write(t, dir, out.program)
				run(t, dir, "go", "vet", "./...")
			}
		}
	}
	t.Logf("%d refused, %d compiled", refused, compiled)
	if compiled < *nastyCount/6 || refused < *nastyCount/6 {
		t.Error("too few of one result: the names collide too often, or too rarely")
	}
	checkTypeScript(t, scripts)
}
