package cueload_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ironstar.dev/internal/cueload"
)

// everyPlace is a schema with a label for each slot. Each line begins with the
// name of its slot, which the tests remove.
const everyPlace = `
top        |#List: schema.#Aggregate & {
state      |state:
stateField |	{a: string, nested: {b: string}}
command    |command: {
           |	Close: {}
commandName|	Add:
payload    |	{
field      |	text: string
time       |	at: schema.#Time
           |	}}
refusal    |refusal: {
refusalName|	Full:
           |	{
refusalFld |	max: int
           |	}}
event      |event: {
eventName  |	Added:
           |	{
version    |	v1:
           |	{
versionFld |	text: string
           |	}
version2   |	v2:
           |	{
version2Fld|	title: string
           |	}
step       |	toV2:
           |	{
stepField  |	title: v1.text
           |	}}
eventOther |	Stop: v1: {}
           |	}
retired    |retired: {
retiredName|	Begun:
           |	{
retiredVer |	v1: {}
becomes    |	becomes: []
           |	}}}
view       |#Board: schema.#View & {
on         |on:
onName     |	List: ["Added"]
key        |key: "stream"
scope      |scope: "shared"
param      |param: {
paramField |	show: "a" | "b"
           |	}
viewState  |state: {}
           |}
viewOf     |#Own: schema.#View & {
of         |of: "List"
           |}
process    |#Hammer: schema.#Process & {
processOn  |on:
processFrom|	List: ["Added"]
processKey |key: "stream"
sends      |sends:
sent       |	List: ["Close"]
refused    |refused: ["List.Close"]
ignore     |ignore: ["List.Full"]
start      |start: "now"
was        |was: ["Gavel"]
processMind|state: {}
timer      |timer:
timerName  |	Closing:
           |	{
timerField |	text: string
           |	}
effect     |effect:
effectName |	Charge:
           |	{
data       |	data:
           |	{
dataField  |	amount: int
           |	}
done       |	done: "List.Close"
within     |	within: "PT1H"
           |	}
           |}
signals    |#Form: schema.#Signals & {
signal     |	text: string
           |}
type       |#Money: {
typeField  |	amount: int
           |}
map        |#Map: {
pattern    |	[string]: int
           |}
union      |#Sum: #A | #B
case       |#A: {
tag        |	kind: "a"
           |}
           |#B: kind: "b"
scalar     |#Text: strings.MaxRunes(_max)
hiddenTop  |_max: 5
`

// withPlace returns everyPlace with one line changed, without the names of the
// slots.
func withPlace(t *testing.T, place string, change func(line string) string) string {
	t.Helper()
	var b strings.Builder
	found := false
	b.WriteString("package p\n\nimport (\n\t\"strings\"\n\n\t\"ironstar.dev/schema\"\n)\n")
	for line := range strings.Lines(everyPlace) {
		name, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
		if !ok {
			continue
		}
		if place != "" && strings.TrimSpace(name) == place {
			found = true
			text = change(text)
		}
		b.WriteString(text)
		if !strings.HasSuffix(text, ":") {
			b.WriteString("\n")
		}
	}
	if !found && place != "" {
		t.Fatalf("there is no place %s", place)
	}
	return b.String()
}

// loadText reads a schema of one file.
func loadText(t *testing.T, text string) (string, cueload.Errors) {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "p"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "p/p.cue"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := cueload.Load(dir)
	var found cueload.Errors
	if errors.As(err, &found) {
		return "", found
	}
	if err != nil {
		t.Fatal(err)
	}
	return dump(s), nil
}

// labelled lists the names of the slots in everyPlace.
func labelled() (names []string) {
	for line := range strings.Lines(everyPlace) {
		if name, _, ok := strings.Cut(line, "|"); ok && strings.TrimSpace(name) != "" {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

// marked lists the slots where ? and ! have a meaning.
var marked = []string{"stateField", "field", "time", "refusalFld", "versionFld", "version2Fld", "paramField", "timerField", "dataField", "signal", "typeField", "tag", "case"}

// TestMarks writes ? and ! after every label of the language. They must have a
// meaning or be refused.
func TestMarks(t *testing.T) {
	for _, at := range labelled() {
		for _, mark := range []string{"?", "!"} {
			labels := 0
			schema := withPlace(t, at, func(line string) string {
				labels = strings.Count(line, ":")
				return strings.Replace(line, ":", mark+":", 1)
			})
			if labels == 0 {
				continue
			}
			if _, found := loadText(t, schema); found == nil && !slices.Contains(marked, at) {
				t.Errorf("%s at %s is taken and says nothing", mark, at)
			} else if slices.Contains(marked, at) && hasCode(found, "IRN024") {
				t.Errorf("%s at %s is refused:\n%s", mark, at, text(t, found))
			}
		}
	}
}

// attributed lists the slots where each attribute has a meaning.
var attributed = map[string][]string{
	"@trim()":      {"field"},
	"@inject(now)": {"time"},
	"@final()":     {"eventName", "eventOther"},
	"@internal()":  {"commandName", "payload"},
	"@secret()":    {"field", "time", "refusalFld", "versionFld", "version2Fld", "paramField", "signal", "typeField"},
	"@go(name=Foo)": {"commandName", "payload", "field", "time", "refusalName", "refusalFld", "eventName", "eventOther", "version", "version2", "versionFld", "version2Fld",
		"retiredName", "retiredVer", "paramField", "timerName", "timerField", "effectName", "data", "dataField", "signals", "signal", "type", "typeField", "map", "union", "case", "scalar"},
	"@ts(name=Foo)": {"commandName", "payload", "refusalName", "eventName", "eventOther", "version", "version2", "retiredName", "retiredVer", "timerName", "effectName", "data", "signals", "type", "map", "union",
		"case", "scalar"},
	"@go(func)":        {"step", "stepField", "becomes"},
	`@go(type="int8")`: nil, "@nonsense()": nil, "@inject(now,x)": nil, "@trim(x)": nil, "@secret(no)": nil, "@final(x)": nil, "@internal(x)": nil,
}

// TestAttributes writes every attribute at every label of the language. It must
// have a meaning or be refused.
func TestAttributes(t *testing.T) {
	for _, at := range labelled() {
		for attribute, says := range attributed {
			schema := withPlace(t, at, func(line string) string { return withAttribute(line, attribute) })
			_, found := loadText(t, schema)
			switch {
			case found == nil && !slices.Contains(says, at):
				t.Errorf("%s at %s is taken and says nothing", attribute, at)
			case found != nil && slices.Contains(says, at):
				t.Errorf("%s at %s is refused:\n%s", attribute, at, text(t, found))
			}
		}
	}
}

// withAttribute returns a line of everyPlace with an attribute: after the
// value, or inside a value of several lines.
func withAttribute(line, attribute string) string {
	switch trimmed := strings.TrimRight(line, " "); {
	case strings.HasSuffix(trimmed, "{"):
		return line + "\n" + attribute + "\n"
	case strings.HasSuffix(trimmed, ":"):
		return line + " {" + attribute + "} & "
	}
	return line + " " + attribute
}

func hasCode(found cueload.Errors, code string) bool {
	return slices.ContainsFunc(found, func(e *cueload.Error) bool { return e.Code == code })
}

// TestMisspeltMarks: a name that no section has is also refused if a ? follows
// it.
func TestMisspeltMarks(t *testing.T) {
	for at, was := range map[string]string{"command": "command", "event": "event", "version2": "v2", "scope": "scope", "param": "param", "commandName": "Add", "field": "text"} {
		wrong := map[string]string{"commandName": "add", "field": "Text", "version2": "ver2"}[at]
		if wrong == "" {
			wrong = was[:len(was)-2] + was[len(was)-1:]
		}
		schema := withPlace(t, at, func(line string) string { return strings.Replace(line, was+":", wrong+"?:", 1) })
		if _, found := loadText(t, schema); !hasCode(found, "IRN012") && !hasCode(found, "IRN021") {
			t.Errorf("%s?: got %s", wrong, text(t, found))
		}
	}
}
