package cuetest_test

import (
	"fmt"
	"strings"
)

// vocabulary maps kinds of fields of versioned events to CUE types. makes has
// the steps for each kind.
var vocabulary = map[string][]string{
	"text":    {"string", "strings.MaxRunes(9)", `=~"^[a-z]"`, `*"x" | string`},
	"maybe":   {"string", "strings.MinRunes(2)"}, // optional
	"int":     {"int", "int & >=0 & <=100", "*7 | int", "schema.#Int"},
	"someint": {"int"}, // optional
	"number":  {"number", "number & <=1000"},
	"bool":    {"bool", "*true | bool"},
	"uuid":    {"schema.#UUID"},
	"time":    {"schema.#Time"},
	"date":    {"schema.#Date"},
	"decimal": {"schema.#Decimal"},
	"enum":    {`"a" | "b" | "c"`, `"a" | *"b" | "c"`},
	"level":   {"1 | 2 | 3"},
	"texts":   {"[...string]"},
	"ints":    {"[...int]"},
	"pairs":   {"[...{n: int, s: string, o?: int}]"},
	"dict":    {"[string]: string", "[=~\"^[a-z]+$\"]: string"},
	"pair":    {"{n: int, s: string, o?: int}"},
	"wider":   {"{n: number, s?: string, o?: int, d: *1 | int, l: [...string]}"},
	"sum":     {`{is: "a", n: int} | {is: "b"}`},
}

var kindsOfFields = []string{"text", "maybe", "int", "someint", "number", "bool", "uuid", "time", "date", "decimal", "enum", "level", "texts", "ints", "pairs", "dict", "pair", "wider", "sum"}

// versionedField is a field of a versioned event.
type versionedField struct{ name, kind, typ string }

func (f versionedField) optional() bool { return f.kind == "maybe" || f.kind == "someint" }

func (f versionedField) String() string {
	if f.optional() {
		return f.name + "?: " + f.typ
	}
	return f.name + ": " + f.typ
}

func (m *maker) newField(name string) versionedField {
	kind := m.pick(kindsOfFields...)
	return versionedField{name, kind, m.pick(vocabulary[kind]...)}
}

func (m *maker) newFields(most int) []versionedField {
	var all []versionedField
	seen := map[string]bool{}
	for range m.IntN(most + 1) {
		if name := m.fieldName(eventField); !seen[name] {
			seen[name] = true
			all = append(all, m.newField(name))
		}
	}
	return all
}

func payloadOf(fields []versionedField) string { return "{" + inside(fields) + "}" }

func inside(fields []versionedField) string {
	var lines []string
	for _, f := range fields {
		if f.kind == "dict" {
			f.typ = "{" + f.typ + "}"
		}
		lines = append(lines, f.String())
	}
	return strings.Join(lines, ", ")
}

// evolving returns an event with several versions. key is the type of a field
// that all versions have, or "".
func (m *maker) evolving(key string) string {
	fields := m.newFields(5)
	head := ""
	if key != "" {
		head = "board: " + key + "\n"
	}
	text := "{\n\tv1: {" + head + inside(fields) + "}\n"
	last := 2 + m.IntN(2)
	for n := 2; n <= last; n++ {
		next, step := m.step(fields, fmt.Sprintf("v%d", n-1))
		text += fmt.Sprintf("\tv%d: {%s%s}\n", n, head, inside(next))
		if step != "" {
			text += fmt.Sprintf("\ttoV%d: %s\n", n, step)
		}
		fields = next
	}
	return text + "}"
}

// step makes the fields of the next version from the old ones: it keeps some
// and assigns others.
func (m *maker) step(old []versionedField, source string) (fields []versionedField, step string) {
	var says []string
	seen := map[string]bool{}
	for _, f := range old {
		if m.chance(3) {
			continue
		}
		seen[f.name] = true
		if m.chance(3) { // another type under the same name
			g := m.newField(f.name)
			fields = append(fields, g)
			says = append(says, m.says(g, old, source)...)
			continue
		}
		fields = append(fields, f)
	}
	for range m.IntN(4) {
		name := m.fieldName(eventField)
		if seen[name] {
			continue
		}
		seen[name] = true
		f := m.newField(name)
		fields = append(fields, f)
		says = append(says, m.says(f, old, source)...)
	}
	if m.oddly() {
		says = append(says, m.pick("nothing: 1", source+": 2", "let x = 1", "if true {a: 1}", "{a: 1}", "board: _ @go(func)", "x: y"))
	}
	if len(says) == 0 && !m.chance(5) {
		return fields, ""
	}
	return fields, "{\n\t\t" + strings.Join(says, "\n\t\t") + "\n\t}"
}

// says assigns a field if it must be assigned, or at random.
func (m *maker) says(f versionedField, old []versionedField, source string) []string {
	if m.chance(12) {
		return []string{f.name + ": _ @go(func)"}
	}
	var choices []string
	for _, o := range old {
		choices = append(choices, makes(f, o, source)...)
	}
	choices = append(choices, constants[f.kind]...)
	if len(choices) == 0 || f.optional() && m.chance(3) {
		return nil
	}
	value := m.pick(choices...)
	if condition, rest, ok := strings.Cut(value, " ? "); ok {
		return []string{"if " + condition + " != _|_ {" + f.name + ": " + rest + "}"}
	}
	return []string{f.name + ": " + value}
}

var constants = map[string][]string{
	"text": {`"abc"`, "_word"}, "maybe": {`"ab"`}, "int": {"7", "_max", "3 + 4"}, "someint": {"-1"}, "number": {"1.5", "2"}, "bool": {"true"},
	"uuid": {`"00000000-0000-4000-8000-000000000000"`}, "time": {`"2020-01-02T03:04:05Z"`}, "date": {`"2020-01-02"`}, "decimal": {`"1.50"`},
	"enum": {`"a"`}, "level": {"2"}, "texts": {`["a", "b"]`, "[]"}, "ints": {"[1, 2]"}, "pairs": {`[{n: 1, s: "x"}]`},
	"dict": {`{a: "b"}`, "{}"}, "pair": {`{n: 1, s: "x"}`, `{n: 1, s: "x", o: 2}`}, "wider": {`{n: 1}`}, "sum": {`{is: "b"}`, `{is: "a", n: 1}`},
}

// makes lists expressions that convert an old field of one kind to a field of
// another. "a ? b" means b, if a is present.
func makes(f, old versionedField, source string) []string {
	o := source + "." + old.name
	all := map[string][]string{
		"text<text":     {o, `"\(` + o + `)!"`, o + ` + "-"`, "strings.ToUpper(" + o + ")", `strings.Split(` + o + `, " ")[0]`, `*strings.Split(` + o + `, " ")[1] | "none"`, `strings.Replace(` + o + `, "a", "b", 1)`},
		"text<maybe":    {`*` + o + ` | "none"`, `*"\(` + o + `)?" | "none"`},
		"text<int":      {`"\(` + o + `)"`, `*["x", "y"][` + o + `] | "z"`},
		"text<uuid":     {`"\(` + o + `)"`},
		"text<date":     {`"on \(` + o + `)"`},
		"text<time":     {`"\(` + o + `)"`},
		"text<bool":     {`"\(` + o + `)"`},
		"text<enum":     {o, `{a: "x", b: "y", c: "z"}[` + o + `]`, `*{a: "x"}[` + o + `] | "y"`},
		"text<texts":    {`strings.Join(` + o + `, ",")`, `*` + o + `[0] | "none"`},
		"text<dict":     {`*` + o + `.a | "none"`, `*` + o + `["a b"] | "none"`},
		"text<pair":     {o + ".s"},
		"maybe<maybe":   {o + " ? " + o, `*` + o + ` | "no"`},
		"maybe<text":    {o},
		"int<int":       {o, o + " + 1", "div(" + o + ", 3)", "mod(" + o + ", 3)", o + " * 2 - 1"},
		"int<someint":   {`*` + o + ` | 0`},
		"int<text":      {"len(" + o + ")", `*strconv.Atoi(` + o + `) | 0`},
		"int<texts":     {"len(" + o + ")"},
		"int<level":     {o, o + " + 1"},
		"int<enum":      {`{a: 1, b: 2, c: 3}[` + o + `]`},
		"int<pair":      {o + ".n", `*` + o + `.o | ` + o + `.n`},
		"int<ints":      {`*` + o + `[1] | -1`},
		"someint<pair":  {o + ".o ? " + o + ".o"},
		"someint<int":   {o},
		"number<int":    {o, o + " / 4", o + " * 0.5"},
		"number<number": {o, o + " + 0.1", o + " * 3"},
		"bool<bool":     {o},
		"bool<text":     {`strings.HasPrefix(` + o + `, "a")`},
		"uuid<uuid":     {o},
		"time<time":     {o},
		"date<date":     {o},
		"decimal<int":   {`"\(` + o + `)"`},
		"enum<enum":     {o, `{a: "b", b: "c", c: "a"}[` + o + `]`},
		"enum<level":    {`*["a", "b"][` + o + `] | "c"`},
		"level<enum":    {`{a: 1, b: 2, c: 3}[` + o + `]`},
		"texts<texts":   {o, `[for x in ` + o + ` {x}]`, `[for x in ` + o + ` {"\(x)!"}]`},
		"texts<text":    {`strings.Split(` + o + `, ",")`, "[" + o + "]"},
		"texts<pairs":   {`[for x in ` + o + ` {x.s}]`},
		"ints<pairs":    {`[for x in ` + o + ` {x.n}]`, `[for x in ` + o + ` {*x.o | 0}]`},
		"ints<ints":     {o, `[for x in ` + o + ` {x + 1}]`},
		"pairs<texts":   {`[for x in ` + o + ` {n: 1, s: x}]`},
		"pairs<pairs":   {o, `[for x in ` + o + ` {n: x.n, s: x.s}]`},
		"dict<text":     {`{a: ` + o + `}`},
		"dict<dict":     {o},
		"pair<int":      {`{n: ` + o + `, s: "x"}`},
		"pair<pair":     {o, `{n: ` + o + `.n, s: ` + o + `.s}`},
		"pair<maybe":    {`{n: 1, s: *` + o + ` | "x"}`},
		"wider<pair":    {o, `{n: ` + o + `.n}`},
		"wider<wider":   {o},
		"sum<sum":       {o},
		"sum<int":       {`{is: "a", n: ` + o + `}`},
	}
	return all[f.kind+"<"+old.kind]
}

// retired returns events that are read as others.
func (m *maker) retired(events []string) string {
	var b strings.Builder
	for i := range m.IntN(3) {
		fields := m.newFields(3)
		becomes := "[]"
		switch {
		case m.chance(4):
			becomes = "_ @go(func)"
		case len(events) > 0 && m.chance(2):
			becomes = fmt.Sprintf("[{%q: _ @go(func)}]", m.pick(events...)+".v1")
		case len(events) > 0 && m.oddly():
			becomes = fmt.Sprintf("[{%q: v1}]", m.pick(events...)+".v1")
		case i > 0:
			becomes = `[{"Past0.v1": _ @go(func)}, {"Past0.v1": _ @go(func)}]`
		}
		fmt.Fprintf(&b, "\t\tPast%d: {v1: %s, becomes: %s}\n", i, payloadOf(fields), becomes)
	}
	return b.String()
}
