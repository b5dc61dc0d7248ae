// Package scale generates a large schema. Tests compile it and benchmarks time
// it.
package scale

import (
	"fmt"
	"strings"
)

// Schema returns package scale in CUE, for the file scale/scale.cue, with a
// number of aggregates. Each has the Commands and the Events, all with the same
// eight fields, so that an aggregate needs one codec.
func Schema(aggregates int) string {
	return schemaOf(aggregates, 1, func(string) string { return "note" })
}

// Evolved returns Schema with events of several versions. Each version renames
// the last field, and a step converts it.
func Evolved(aggregates, versions int) string {
	return schemaOf(aggregates, versions, func(string) string { return "note" })
}

// Varied returns Schema with one field that has another name in each command
// and event, so that each needs its own codec.
func Varied(aggregates int) string {
	return schemaOf(aggregates, 1, func(payload string) string { return "noteOf" + payload })
}

// schemaOf returns a schema in which note names the last field of each payload.
func schemaOf(aggregates, versions int, note func(payload string) string) string {
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
			fmt.Fprintf(&b, "\t\t%s: {\n\t\t\tv1: {\n%s\t\t\t}\n", name, fields(name))
			for n := 2; n <= versions; n++ {
				is, was := note(name)+later(n), note(name)+later(n-1)
				fmt.Fprintf(&b, "\t\t\tv%d: {\n%s\t\t\t}\n", n, strings.Replace(fields(name), note(name)+"?", is+"?", 1))
				fmt.Fprintf(&b, "\t\t\ttoV%d: {if v%d.%s != _|_ {%s: v%d.%s}}\n", n, n-1, was, is, n-1, was)
			}
			b.WriteString("\t\t}\n")
		}
		b.WriteString("\t}\n}\n\n")
	}
	return b.String()
}

// later returns a suffix for a version after the first.
func later(n int) string {
	if n == 1 {
		return ""
	}
	return fmt.Sprint("V", n)
}

// Commands are the commands of each aggregate.
func Commands() []string { return []string{"Open", "Change", "Move", "Split", "Join", "Close"} }

// Events are the events of each aggregate.
func Events() []string {
	return []string{"Opened", "Changed", "Moved", "WasSplit", "Joined", "Closed"}
}
