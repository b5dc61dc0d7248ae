// Package scale makes a large domain by machine. Tests compile it, benchmarks
// time it: both mean the same schema.
package scale

import (
	"fmt"
	"strings"
)

// Schema is package scale in CUE, for a file scale/scale.cue: as many
// aggregates as asked for, each with the Commands and the Events, and every
// one of these with the same eight fields, so that an aggregate has one codec.
func Schema(aggregates int) string {
	return schemaOf(aggregates, func(string) string { return "note" })
}

// Varied is Schema with one field that is called differently in each command
// and event, so that each needs its own codec.
func Varied(aggregates int) string {
	return schemaOf(aggregates, func(payload string) string { return "noteOf" + payload })
}

// schemaOf names the last field of each payload with note.
func schemaOf(aggregates int, note func(payload string) string) string {
	var b strings.Builder
	b.WriteString("package scale\n\nimport (\n\t\"strings\"\n\n\t\"ironstar.dev/schema\"\n)\n\n")
	b.WriteString("// Name is what something is called.\n#Name: strings.MinRunes(1) & strings.MaxRunes(100)\n\n")
	b.WriteString("#Level: \"low\" | \"normal\" | \"high\"\n\n#Part: {\n\tname: #Name\n\tsize: int & >=0\n}\n\n")
	fields := func(payload string) string {
		return "\t\t\tid:     schema.#UUID\n\t\t\tname:   #Name\n\t\t\tamount: schema.#Decimal\n\t\t\tat:     schema.#Time\n" +
			"\t\t\tlevel:  #Level\n\t\t\tcount:  int & >=0 & <=1000\n\t\t\tparts: [...#Part]\n\t\t\t" + note(payload) + "?: string\n"
	}
	for i := range aggregates {
		fmt.Fprintf(&b, "// Thing%03d is made by a machine.\n#Thing%03d: schema.#Aggregate & {\n\tstate: {\n%s\t}\n", i, i, fields("State"))
		b.WriteString("\tcommand: {\n")
		for _, name := range Commands() {
			fmt.Fprintf(&b, "\t\t%s: {\n%s\t\t}\n", name, fields(name))
		}
		b.WriteString("\t}\n\tevent: {\n")
		for _, name := range Events() {
			fmt.Fprintf(&b, "\t\t%s: v1: {\n%s\t\t}\n", name, fields(name))
		}
		b.WriteString("\t}\n}\n\n")
	}
	return b.String()
}

// Commands are the commands of each aggregate.
func Commands() []string { return []string{"Open", "Change", "Move", "Split", "Join", "Close"} }

// Events are the events of each aggregate.
func Events() []string {
	return []string{"Opened", "Changed", "Moved", "WasSplit", "Joined", "Closed"}
}
