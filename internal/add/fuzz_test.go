package add_test

import (
	"bytes"
	"go/format"
	"strings"
	"testing"

	cueformat "cuelang.org/go/cue/format"
	"cuelang.org/go/cue/parser"

	"ironstar.dev/internal/add"
)

// FuzzSchema: whatever a file of a schema looks like, everything that it had is
// there after an addition, in the same order, and what was formatted still is.
func FuzzSchema(f *testing.F) {
	for _, text := range []string{
		"#Recipe: schema.#Aggregate & {state: {}, command: {}}", "#Recipe: {\n\tcommand: A: {}\n\tevent: B: v1: {} // b\n}\n", "import \"strings\"\n#Recipe: {}", "#Recipe: command: {\n}",
		"#Recipe: {command: {A: {}\n\n}\n}\n", "#Recipe: {\"command\": A: {}}", "#Recipe: {command: A: {} @x(}) ,}", "#Recipe: {[string]: {}, command?: {}}", "#Recipe: (schema.#Aggregate & {\n}) & {\n\tcommand: {}}\r\n",
		"import (\n\n\"list\"; \"time\")\n#Recipe: {\n...\n}", "#Recipe: {command: \"\"\"\n\ta\n\t\"\"\"}", "_a: {}\n#Recipe: {\n\t_a\n\tif true {b: 1}}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		have := []byte("package kitchen\n\n" + text)
		file, err := add.ReadSchema(have)
		if err != nil {
			return
		}
		same, err := cueformat.Source(have)
		clean := err == nil && bytes.Equal(same, have)
		note := add.Member{Section: "command", Name: "Note", Fields: fields(t, "text:text", "n:int?")}
		if err := note.Definition().PutInto(file, "Recipe", "command"); err != nil {
			return
		}
		got := file.Text()
		if _, err := parser.ParseFile("", got); err != nil {
			t.Fatalf("%v:\n%s", err, got)
		}
		if !contains(string(got), string(have)) || !strings.Contains(string(got), "Note: {") {
			t.Errorf("something is lost:\n%s\nwas\n%s", got, have)
		}
		if same, err := cueformat.Source(got); clean && (err != nil || !bytes.Equal(same, got)) {
			t.Errorf("not formatted:\n%s", got)
		}
	})
}

// FuzzGo is FuzzSchema for hand-written Go.
func FuzzGo(f *testing.F) {
	for _, text := range []string{
		"import \"ironstar.dev/ops\"\nvar _ = ops.App{Domains: []ops.Domain{ahttp.Domain{A: a}}}", "import (\n\"fmt\"; \"os\"\n)\n", "import (\n\t\"ironstar.dev/ops\" // x\n)\n\nfunc main() {\n\tops.Main(ops.App{\n\t})\n}\n",
		"import . \"ironstar.dev/ops\"\nvar _ = App{}", "type T struct{}\nfunc (t *T) DecideX() {} ; func (T) EvolveY() {}", "import \"C\"\n", "import _ \"a.dev/b\"\r\n", "/* a */ import /* b */ ( /* c */ )\n",
		"import \"ironstar.dev/ops\"\nvar _ = ops.App{Domains: []ops.Domain{\nahttp.Domain{}, // a\n}, Name: \"x\"}", "func (T) DecideX() {\n} // x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		have := []byte("package p\n\n" + text)
		file, err := add.ReadGo(have)
		if err != nil {
			return
		}
		same, err := format.Source(have)
		clean := err == nil && bytes.Equal(same, have)
		_, _ = file.Import("a.dev/b", "b", "code")
		_ = file.AddMethod("T", "Decide", "// DecideNew is new.\nfunc (T) DecideNew() {\n}\n")
		_ = file.Wire("ahttp", []string{"B: b.B{},", "C: b.C{}, CPage: web.C,"})
		_ = file.WireApp("Home: nil,")
		got := file.Text()
		same, err = format.Source(got)
		if err != nil {
			t.Fatalf("%v:\n%s", err, got)
		}
		if clean && !bytes.Equal(same, got) {
			t.Errorf("not formatted:\n%s", got)
		}
		if !contains(string(got), string(have)) {
			t.Errorf("something is lost:\n%s\nwas\n%s", got, have)
		}
	})
}

// contains reports whether a text has all characters of another, but blanks, in
// their order.
func contains(text, all string) bool {
	rest := strings.NewReader(text)
	for _, r := range strings.Join(strings.Fields(all), "") {
		for {
			got, _, err := rest.ReadRune()
			if err != nil {
				return false
			}
			if got == r {
				break
			}
		}
	}
	return true
}
