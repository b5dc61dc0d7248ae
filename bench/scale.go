package main

import (
	"fmt"
	"strings"
)

// scaleSchema is a machine-made domain: aggregates with six commands and six
// events of eight fields each. It is the one that the tests of
// internal/codegen/cuetest compile.
func scaleSchema(aggregates int) string {
	var b strings.Builder
	b.WriteString("package scale\n\nimport (\n\t\"strings\"\n\n\t\"ironstar.dev/schema\"\n)\n\n")
	b.WriteString("// Name is what something is called.\n#Name: strings.MinRunes(1) & strings.MaxRunes(100)\n\n")
	b.WriteString("#Level: \"low\" | \"normal\" | \"high\"\n\n#Part: {\n\tname: #Name\n\tsize: int & >=0\n}\n\n")
	fields := "\t\t\tid:     schema.#UUID\n\t\t\tname:   #Name\n\t\t\tamount: schema.#Decimal\n\t\t\tat:     schema.#Time\n" +
		"\t\t\tlevel:  #Level\n\t\t\tcount:  int & >=0 & <=1000\n\t\t\tparts: [...#Part]\n\t\t\tnote?: string\n"
	for i := range aggregates {
		fmt.Fprintf(&b, "// Thing%03d is made by a machine.\n#Thing%03d: schema.#Aggregate & {\n\tstate: {\n%s\t}\n", i, i, fields)
		b.WriteString("\tcommand: {\n")
		for _, name := range scaleCommands() {
			fmt.Fprintf(&b, "\t\t%s: {\n%s\t\t}\n", name, fields)
		}
		b.WriteString("\t}\n\tevent: {\n")
		for _, name := range scaleEvents() {
			fmt.Fprintf(&b, "\t\t%s: v1: {\n%s\t\t}\n", name, fields)
		}
		b.WriteString("\t}\n}\n\n")
	}
	return b.String()
}

func scaleCommands() []string { return []string{"Open", "Change", "Move", "Split", "Join", "Close"} }

func scaleEvents() []string {
	return []string{"Opened", "Changed", "Moved", "WasSplit", "Joined", "Closed"}
}
