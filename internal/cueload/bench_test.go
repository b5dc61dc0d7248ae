package cueload_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ironstar.dev/internal/cueload"
)

func BenchmarkTodo(b *testing.B) {
	for b.Loop() {
		if _, err := cueload.Load("../../schema"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHundred reads 100 aggregates in 10 packages, each with 6 events and
// 6 commands of 8 fields.
func BenchmarkHundred(b *testing.B) {
	dir := b.TempDir()
	for p := range 10 {
		writeMany(b, dir, p)
	}
	b.ResetTimer()
	for b.Loop() {
		s, err := cueload.Load(dir)
		if err != nil {
			b.Fatal(err)
		}
		if len(s.Packages) != 10 || len(s.Packages[9].Aggregates) != 10 {
			b.Fatal("something is missing")
		}
	}
}

func writeMany(b *testing.B, dir string, p int) {
	var t strings.Builder
	fmt.Fprintf(&t, "package p%d\n\nimport (\n\t\"strings\"\n\n\t\"ironstar.dev/schema\"\n)\n\n", p)
	t.WriteString("#Text: strings.MinRunes(1) & strings.MaxRunes(280)\n#Kind: \"a\" | \"b\" | \"c\"\n")
	const fields = "{\n\t\tid: schema.#UUID\n\t\ttext: #Text\n\t\tn: int & >0 & <=100\n\t\tkind: *\"a\" | #Kind\n" +
		"\t\tnote?: strings.MaxRunes(140)\n\t\tat: schema.#Time\n\t\ttags: [...string]\n\t\tcost: schema.#Decimal\n\t}\n"
	for a := range 10 {
		fmt.Fprintf(&t, "#Thing%d: schema.#Aggregate & {\n\tstate: %s", a, fields)
		for i := range 6 {
			fmt.Fprintf(&t, "\tcommand: Do%d: %s\tevent: Done%d: v1: %s", i, fields, i, fields)
		}
		t.WriteString("}\n")
	}
	file := filepath.Join(dir, fmt.Sprintf("p%d", p), "p.cue")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(t.String()), 0o644); err != nil {
		b.Fatal(err)
	}
}
