package add_test

import (
	"cmp"
	"errors"
	"strings"
	"testing"

	"ironstar.dev/internal/add"
)

func goFile(t *testing.T, text string) *add.GoFile {
	t.Helper()
	f, err := add.ReadGo([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestImportIntoGo: an import is put into the group that fits, in order.
func TestImportIntoGo(t *testing.T) {
	for name, c := range map[string]struct{ have, want string }{
		"none":       {"", "import \"a.dev/b\"\n"},
		"one":        {"import \"fmt\"\n", "import \"fmt\"\nimport \"a.dev/b\"\n"},
		"sorted":     {"import (\n\t\"a.dev/a\"\n\t\"a.dev/c\" // c\n)\n", "import (\n\t\"a.dev/a\"\n\t\"a.dev/b\"\n\t\"a.dev/c\" // c\n)\n"},
		"last":       {"import (\n\t\"a.dev/a\"\n)\n", "import (\n\t\"a.dev/a\"\n\t\"a.dev/b\"\n)\n"},
		"new group":  {"import (\n\t\"fmt\"\n)\n", "import (\n\t\"fmt\"\n\n\t\"a.dev/b\"\n)\n"},
		"last group": {"import (\n\t\"fmt\"\n\n\t\"z.dev/z\"\n\n\t\"a.dev/c\"\n)\n", "import (\n\t\"fmt\"\n\n\t\"z.dev/z\"\n\n\t\"a.dev/b\"\n\t\"a.dev/c\"\n)\n"},
		"a comment":  {"import (\n\t// c is c.\n\t\"a.dev/c\"\n)\n", "import (\n\t\"a.dev/b\"\n\t// c is c.\n\t\"a.dev/c\"\n)\n"},
		"no name":    {"import _ \"a.dev/b\"\n", "import _ \"a.dev/b\"\nimport \"a.dev/b\"\n"},
		"there":      {"import (\n\tq \"a.dev/b\"\n)\n", "import (\n\tq \"a.dev/b\"\n)\n"},
		"another b":  {"import (\n\t\"x.dev/b\"\n)\n", "import (\n\tbcode \"a.dev/b\"\n\t\"x.dev/b\"\n)\n"},
		"a b, v2":    {"import \"x.dev/b/v2\"\n", "import \"x.dev/b/v2\"\nimport bcode \"a.dev/b\"\n"},
		"a local b":  {"func f() { b := 1; _ = b }\n", "import bcode \"a.dev/b\"\n\nfunc f() { b := 1; _ = b }\n"},
		"a param b":  {"func f(b int) {}\n", "import bcode \"a.dev/b\"\n\nfunc f(b int) {}\n"},
		"a range b":  {"func f() {\n\tfor _, b := range \"b\" {\n\t}\n}\n", "import bcode \"a.dev/b\"\n\nfunc f() {\n\tfor _, b := range \"b\" {\n\t}\n}\n"},
		"a field b":  {"type t struct{ b int }\n", "import \"a.dev/b\"\n\ntype t struct{ b int }\n"},
		"a name b":   {"import \"fmt\"\n\nvar b = 1\n", "import \"fmt\"\nimport bcode \"a.dev/b\"\n\nvar b = 1\n"},
	} {
		f := goFile(t, "package p\n\n"+c.have)
		if _, err := f.Import("a.dev/b", "b", "code"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, want := strings.TrimSpace(string(f.Text())), strings.TrimSpace("package p\n\n"+c.want); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestWire: a domain is put into main files of every shape.
func TestWire(t *testing.T) {
	const head = "package main\n\nimport \"ironstar.dev/ops\"\n\nfunc main() {\n"
	for name, c := range map[string]struct{ have, want string }{
		"the domain is there": {
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{\n\t\tBook: a.Book{}, // x\n\t}}})\n",
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{\n\t\tBook: a.Book{}, // x\n\t\tB:    b.B{},\n\t}}})\n",
		},
		"its line has two fields": {
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{\n\t\tBook:    a.Book{},\n\t\tGuests: a.Guests{}, GuestsPage: web.Guests,\n\t}}})\n",
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{\n\t\tBook:    a.Book{},\n\t\tGuests: a.Guests{}, GuestsPage: web.Guests,\n\t\tB: b.B{},\n\t}}})\n",
		},
		"on one line": {
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{Book: a.Book{}}}})\n",
			"\tops.Main(ops.App{Domains: []ops.Domain{ahttp.Domain{Book: a.Book{},\n\t\tB: b.B{},\n\t}}})\n",
		},
		"another domain": {
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{chttp.Domain{\n\t\t\tBook: a.Book{},\n\t\t}},\n\t})\n",
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{chttp.Domain{\n\t\t\tBook: a.Book{},\n\t\t}, ahttp.Domain{\n\t\t\tB: b.B{},\n\t\t}},\n\t})\n",
		},
		"domains on lines": {
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{\n\t\t\tchttp.Domain{}, // c\n\t\t},\n\t})\n",
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{\n\t\t\tchttp.Domain{}, // c\n\t\t\tahttp.Domain{\n\t\t\t\tB: b.B{},\n\t\t\t},\n\t\t},\n\t})\n",
		},
		"empty domains": {
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{},\n\t})\n",
			"\tops.Main(ops.App{\n\t\tDomains: []ops.Domain{ahttp.Domain{\n\t\t\tB: b.B{},\n\t\t}},\n\t})\n",
		},
		"no domains": {
			"\tops.Main(ops.App{\n\t\tName: \"app\",\n\t})\n",
			"\tops.Main(ops.App{\n\t\tName: \"app\",\n\t\tDomains: []ops.Domain{ahttp.Domain{\n\t\t\tB: b.B{},\n\t\t}},\n\t})\n",
		},
	} {
		f := goFile(t, head+c.have+"}\n")
		if err := f.Wire("ahttp", []string{"B: b.B{},"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, want := string(f.Text()), head+c.want+"}\n"; got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
	for _, have := range []string{"", "\tops.Main(app)\n", "\tops.Main(ops.App{Domains: domains()})\n"} {
		f := goFile(t, head+have+"}\n")
		if err := f.Wire("ahttp", []string{"B: b.B{},"}); !errors.Is(err, add.ErrByHand) || string(f.Text()) != head+have+"}\n" {
			t.Errorf("%s: got %v and\n%s", have, err, f.Text())
		}
	}
}

// TestBeside: names of other files are taken if these are of the same package.
func TestBeside(t *testing.T) {
	for beside, want := range map[string]string{"package p\n\nvar b int\n": "bcode", "package p\n\nfunc (b) f() {}\n": "b", "package p_test\n\nvar b int\n": "b", "package p\n\nvar b {": "b"} {
		f := goFile(t, "package p\n")
		f.Beside([]byte(beside))
		if got, err := f.Import("a.dev/b", "b", "code"); err != nil || got != want {
			t.Errorf("beside %q, the import is called %s, %v", beside, got, err)
		}
	}
}

// TestReplace: a field is replaced if it has exactly the value that add wrote.
func TestReplace(t *testing.T) {
	const head = "package main\n\nvar d = ahttp.Domain{\n\t"
	for field, want := range map[string]string{
		"B:        b.B{},\n\tBOptions: live.ViewOptions{NoPage: true}, // x": "B:     b.B{},\n\tBPage: web.B, // x",
		"BOptions: live.ViewOptions{NoPage: true, Redraw: 1},":               "",
		"BOptions: options,": "",
	} {
		f := goFile(t, head+field+"\n}\n")
		done, err := f.Replace("ahttp", "BOptions", "live.ViewOptions{NoPage: true}", "BPage: web.B")
		if err != nil || done != (want != "") {
			t.Errorf("%s: replaced is %v, %v", field, done, err)
		}
		if got := string(f.Text()); got != head+cmp.Or(want, field)+"\n}\n" {
			t.Errorf("%s: got\n%s", field, got)
		}
	}
}

// TestAddMethod: a method is put behind those of its kind.
func TestAddMethod(t *testing.T) {
	f := goFile(t, "package p\n\ntype T struct{}\n\nfunc (T) DecideA() {} // a\n\nfunc (*T) EvolveA() {}\n\nfunc (U) DecideB() {}\n")
	for _, m := range []string{"Decide", "Evolve", "Other"} {
		if err := f.AddMethod("T", m, "// "+m+"New is new.\nfunc (T) "+m+"New() {\n}\n"); err != nil {
			t.Error(err)
		}
	}
	want := "package p\n\ntype T struct{}\n\nfunc (T) DecideA() {} // a\n\n// DecideNew is new.\nfunc (T) DecideNew() {\n}\n\nfunc (*T) EvolveA() {}\n\n" +
		"// EvolveNew is new.\nfunc (T) EvolveNew() {\n}\n\n// OtherNew is new.\nfunc (T) OtherNew() {\n}\n\nfunc (U) DecideB() {}\n"
	if got := string(f.Text()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := add.ReadGo([]byte("package p\n\nfunc {")); !errors.Is(err, add.ErrByHand) {
		t.Errorf("broken Go: %v", err)
	}
}
