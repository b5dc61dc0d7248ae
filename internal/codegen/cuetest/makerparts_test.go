package cuetest_test

import (
	"fmt"
	"strings"
)

type madeAggregate struct {
	name, text string
	events     []string
	key        string // type of the field board that every event has, or ""
}

var (
	commandNames    = []string{"Add", "Remove", "Rename", "Open", "Close", "Pay", "Move"}
	oddCommandNames = []string{"Decide", "Evolve", "Command", "Event", "State", "Refusal", "String", "Type", "Func", "Error", "Params", "ID", "Test", "Parse", "Validate", "Name", "Kind", "Added", "AddThe", "X", "Is", "Commands", "HTTPGet", "HttpGet"}
	eventNames      = []string{"Added", "Removed", "Renamed", "Opened", "Closed", "Paid", "Moved"}
	oddEventNames   = []string{"Add", "Command", "Event", "State", "Type", "Range", "V1", "Error", "Params", "Test", "Decode", "Encode", "Key", "Events", "Stream", "AddedV1", "Id", "ID"}
	refusalNames    = []string{"Full", "NoSuchItem", "Late", "Gone"}
	oddRefusalNames = []string{"Error", "Add", "Added", "Refusal", "Message", "Code", "Field", "Unwrap", "Is", "As", "Fields", "Kind"}
)

func (m *maker) aggregate() madeAggregate {
	a := madeAggregate{name: m.typeName(), key: m.pick("", "schema.#UUID", "string", `"a" | "b"`)} // type of board
	var b strings.Builder
	fmt.Fprintf(&b, "#%s: schema.#Aggregate & {\n\tstate: %s\n", a.name, m.state())
	b.WriteString("\tcommand: {\n" + m.parts(commandNames, oddCommandNames, func(string) string { return m.payload(commandField) + m.internally() }) + "\t}\n")
	b.WriteString("\tevent: {\n" + m.parts(eventNames, oddEventNames, func(name string) string {
		a.events = append(a.events, name)
		if m.chance(3) {
			return m.evolving(a.key)
		}
		if a.key != "" {
			return "{v1: {\n\tboard: " + a.key + "\n" + m.fields(eventField, 4) + "}}" + m.finally()
		}
		return "{v1: " + m.payload(eventField) + "}" + m.finally()
	}) + "\t}\n")
	if m.chance(2) {
		b.WriteString("\trefusal: {\n" + m.parts(refusalNames, oddRefusalNames, func(string) string { return m.payload(eventField) }) + "\t}\n")
	}
	if m.chance(3) {
		b.WriteString("\tretired: {\n" + m.retired(a.events) + "\t}\n")
	}
	b.WriteString("}\n")
	a.text = b.String()
	return a
}

func (m *maker) internally() string {
	if m.chance(8) {
		return " @internal()"
	}
	return ""
}

func (m *maker) finally() string {
	switch {
	case m.chance(8):
		return " @final()"
	case m.oddly() && m.chance(4):
		return " " + m.pick("@go(name=Other)", "@ts(name=Other)", "@inject(now)", "@go(name=Added)")
	}
	return ""
}

// state returns a struct or a union of structs.
func (m *maker) state() string {
	switch {
	case m.chance(6) && len(m.structs) > 0:
		return m.pick(m.structs...)
	case m.oddly() && len(m.types) > 0:
		return m.pick(m.types...)
	case m.chance(10):
		return m.foreignStruct()
	case m.chance(6):
		return "{is: \"a\", n: int} | {is: \"b\"}"
	}
	return "{\n" + m.fields(plainField, 4) + "}"
}

// foreignStruct returns a struct of another package.
func (m *maker) foreignStruct() string {
	for i, p := range m.packages {
		if len(p.structs) > 0 {
			return fmt.Sprintf("p%d.%s", i, m.pick(p.structs...))
		}
	}
	return "{}"
}

// parts returns payloads with distinct names.
func (m *maker) parts(plain, odd []string, payload func(name string) string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for range m.IntN(5) {
		name := m.name(plain, odd)
		if seen[name] {
			continue
		}
		seen[name] = true
		b.WriteString(m.doc("\t\t") + "\t\t" + name + ": " + payload(name) + "\n")
	}
	return b.String()
}

func (m *maker) payload(in fieldKind) string {
	switch {
	case m.chance(8):
		return "{}"
	case m.chance(10) && len(m.structs) > 0:
		return m.pick(m.structs...)
	case m.chance(15):
		return m.foreignStruct()
	case m.chance(10) && len(m.structs) > 0:
		return "{" + m.pick(m.structs...) + ", extra: int}"
	case m.oddly() && m.chance(3) && len(m.types) > 0:
		return m.pick(m.types...)
	}
	return "{\n" + m.fields(in, 5) + "}"
}

// view returns a view of an aggregate or a view that is folded from events.
func (m *maker) view(of []madeAggregate) string {
	a := of[m.IntN(len(of))]
	text := "#" + m.typeName() + ": schema.#View & {\n"
	switch {
	case m.chance(3) || len(a.events) == 0:
		text += "\tof: \"" + a.name + "\"\n"
	default:
		key := m.pick("stream", "global")
		if a.key != "" && m.chance(2) {
			key = "board"
		}
		if m.oddly() && m.chance(4) {
			key = m.pick(oddFieldNames...)
		}
		text += fmt.Sprintf("\ton: %s: [%s]\n\tkey: %q\n\tstate: %s\n", a.name, quoted(a.events[:1+m.IntN(len(a.events))]), key, m.state())
		if b := of[m.IntN(len(of))]; b.name != a.name && len(b.events) > 0 && key != "stream" && (key == "global" || b.key == a.key && !strings.Contains(a.key, "|")) {
			text += fmt.Sprintf("\ton: %s: [%s]\n", b.name, quoted(b.events[:1]))
		}
	}
	if m.chance(3) {
		text += "\tscope: \"" + m.pick("shared", "session") + "\"\n"
	}
	if m.chance(2) {
		text += "\tparam: {\n" + m.fields(paramField, 4) + "\t}\n"
	}
	return text + "}\n"
}

func quoted(names []string) string { return `"` + strings.Join(names, `", "`) + `"` }

var oddDocs = []string{"*/", "/* begin", "// twice", "`ticks` and \"quotes\" and 'one'", "%s %d %!", "//go:build ignore", "go:embed x", "+build ignore",
	"Deprecated: no", "Code generated by someone; DO NOT EDIT.", "\u2028 line", "<script>alert(1)</script>", "${1+1}", "\\ \\n \\u0000", "@inject(now)",
	"@ts-nocheck", "/// <reference path=\"x\" />", "\tindented", "日本語 🐘", "*", "a\u0000b", "export C", "line x.go:1", "{{.}}", "\ufeff", "\r", "nolint: all", "//", "/", "tygo:emit", "tygo:ignore"}

// doc returns a comment or nothing.
func (m *maker) doc(indent string) string {
	if !m.chance(4) {
		return ""
	}
	var b strings.Builder
	for range 1 + m.IntN(3) {
		line := m.pick("It is what it is.", "", "Two words", "  indented")
		if m.oddly() {
			line = m.pick(oddDocs...)
		}
		b.WriteString(indent + m.pick("// ", "//") + line + "\n")
	}
	return b.String()
}
