package cuetest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestScale generates, compiles and vets a hundred aggregates, and prints how
// long each step takes; make bench compares the times with their floors.
func TestScale(t *testing.T) {
	step := stopwatch(t)
	schemaDir := t.TempDir()
	write(t, schemaDir, map[string][]byte{"scale/scale.cue": []byte(scaleSchema(100))})
	s := loadSchema(t, "scale", schemaDir)
	step("read")
	out := generate(t, s)
	step("write")
	size, lines := 0, 0
	for _, text := range out.Files {
		size += len(text)
		lines += strings.Count(string(text), "\n")
	}
	t.Logf("%d files, %d lines, %d bytes", len(out.Files), lines, size)
	dir := module(t, "golden.test")
	write(t, filepath.Join(dir, s.name), out.Files)
	write(t, filepath.Join(dir, s.name), out.Stubs)
	run(t, dir, "go", "build", "ironstar.dev/wire/...", "ironstar.dev/live/...")
	step("build the library")
	run(t, dir, "go", "build", "./...")
	step("build")
	run(t, dir, "go", "vet", "./...")
	step("vet")
}

// stopwatch logs how long each step took.
func stopwatch(t *testing.T) func(what string) {
	last := time.Now()
	return func(what string) {
		t.Logf("%-20s %8.3f s", what, time.Since(last).Seconds())
		last = time.Now()
	}
}

// scaleSchema is a machine-made domain: aggregates with six commands and six
// events of eight fields each.
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
		for _, name := range []string{"Open", "Change", "Move", "Split", "Join", "Close"} {
			fmt.Fprintf(&b, "\t\t%s: {\n%s\t\t}\n", name, fields)
		}
		b.WriteString("\t}\n\tevent: {\n")
		for _, name := range []string{"Opened", "Changed", "Moved", "WasSplit", "Joined", "Closed"} {
			fmt.Fprintf(&b, "\t\t%s: v1: {\n%s\t\t}\n", name, fields)
		}
		b.WriteString("\t}\n}\n\n")
	}
	return b.String()
}
