package templates_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ/parser/v2"

	"ironstar.dev/internal/templates"
)

// module writes files of a module "app" and returns what is found in it, a line each.
func module(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module app.example/app\n"
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := templates.Check(root)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range found {
		if f.Line < 1 || f.Col < 1 || f.Message == "" || f.Hint == "" {
			t.Errorf("incomplete: %+v", f)
		}
		fmt.Fprintf(&b, "%d %s:%d:%d %s\n", f.Kind, f.File, f.Line, f.Col, f.Message)
	}
	return b.String()
}

const head = `package web

import (
	"fmt"
	"strconv"
	l "ironstar.dev/live"
	"ironstar.dev/live"
	"app.example/app/gen/todo"
	other "app.example/other/live"
)

const own = "$x = 1"

`

var constants = map[string]string{
	"gen/todo/signals.go": "package todo\n\nconst Save = \"@post('/save')\"\n\nvar Text = \"no constant\"\n\ntype K int\n\nconst (\n\tA K = iota\n\tB\n)\n",
	"web/more.go":         "package web\n\nconst inGo = `data-text`\n",
}

// TestExpressions: what is constant or written by the library is fine in an attribute
// that Datastar evaluates, everything else is not, and other attributes may have any
// value.
func TestExpressions(t *testing.T) {
	for attribute, want := range map[string]string{
		`data-on:click="$x = 1"`:                                               "",
		`data-on:click={ "$x = 1" }`:                                           "",
		"data-on:click={ `$x` + \" = 1\" }":                                    "",
		`data-on:click={ own }`:                                                "",
		`data-on:click={ todo.Save }`:                                          "",
		`data-class:a={ "$n == " + string(todo.B) }`:                           "",
		`data-signals={ live.Expression(text) }`:                               "",
		`data-signals={ l.Expression(text) }`:                                  "",
		`data-on:click={ "$x = " + live.Expression(text) + "; " + todo.Save }`: "",
		`data-text={ todo.FormSignals.Text.Ref() }`:                            "",
		`data-on:click={ "$n = " + strconv.Itoa(n) }`:                          "",
		`data-on:click={ fmt.Sprintf("$n = %s", live.Expression(text)) }`:      "",
		`data-init={ live.OpenFeed(text) }`:                                    "",
		`data-id={ text }`:                                                     "", `data-live-announce={ text }`: "", `data-ignore={ text }`: "", `title={ text }`: "", `data-preserve-attr={ text }`: "", `data-online={ text }`: "", `data-textual={ text }`: "",
		`data-show?={ text == "" }`:                                   "",
		`{ templ.Attributes{"title": text, "data-text": own}... }`:    "",
		`{ templ.Attributes(todo.ListAddForm.Text.Attributes())... }`: "",
		`{ templ.Attributes(todo.FormSignals.Text.Bind())... }`:       "",
		`{ d.Open()... }`: "",
		`{ todo.F.Text.With(map[string]any{"placeholder": text})... }`: "",
		`{ inGo }={ own }`: "",
		`if n > 1 { data-on:click={ own } } else { data-text={ own } }`: "",

		`data-on:click={ text }`:                                     "1 15:21 Datastar evaluates data-on:click, and its value is not constant",
		`data-on-click={ text }`:                                     "1 15:21 Datastar evaluates data-on-click, and its value is not constant",
		`DATA-ON:click={ text }`:                                     "1 15:21 Datastar evaluates DATA-ON:click, and its value is not constant",
		`data-on:click__debounce.500ms={ text }`:                     "1 15:37 Datastar evaluates data-on:click__debounce.500ms, and its value is not constant",
		`data-text={ "'" + text + "'" }`:                             "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-signals={ fmt.Sprintf("{a: %q}", text) }`:              "1 15:20 Datastar evaluates data-signals, and its value is not constant",
		`data-text={ strconv.Quote(text) }`:                          "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-text={ todo.Text }`:                                    "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-text={ other.Expression(text) }`:                       "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-text={ nowhere.Save }`:                                 "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-text={ text.Ref() }`:                                   "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-text={ func() string { return "" }() }`:                "1 15:17 Datastar evaluates data-text, and its value is not constant",
		`data-star-text={ text }`:                                    "1 15:22 Datastar evaluates data-star-text, and its value is not constant",
		`{ "data-" + "text" }={ text }`:                              "1 15:28 Datastar evaluates data-text, and its value is not constant",
		`{ inGo }={ text }`:                                          "1 15:16 Datastar evaluates data-text, and its value is not constant",
		`{ text }={ text }`:                                          "1 15:7 the name of an attribute is not constant, so it could be one that Datastar evaluates, and neither is the value",
		`if n > 1 { data-on:click={ text } }`:                        "1 15:32 Datastar evaluates data-on:click, and its value is not constant",
		`{ templ.Attributes{"data-text": text}... }`:                 "1 15:7 Datastar evaluates data-text, and its value is not constant",
		`{ templ.Attributes{text: text}... }`:                        "2 15:7 it cannot be seen whether these attributes have an expression for Datastar that is not constant",
		`{ attrs... }`:                                               "2 15:7 it cannot be seen whether these attributes have an expression for Datastar that is not constant",
		`{ todo.F.Text.With(map[string]any{"data-text": text})... }`: "1 15:7 Datastar evaluates data-text, and its value is not constant",
	} {
		files := map[string]string{"web/a.templ": head + "templ A(text string, n int, attrs templ.Attributes) {\n\t<p " + attribute + "></p>\n}\n"}
		for name, text := range constants {
			files[name] = text
		}
		if want != "" {
			kind, rest, _ := strings.Cut(want, " ")
			want = kind + " web/a.templ:" + rest + "\n"
		}
		if got := module(t, files); got != want {
			t.Errorf("%s:\n got %swant %s", attribute, got, want)
		}
	}
}

// TestHiddenConstants: a name that a component declares is not the constant of that
// name.
func TestHiddenConstants(t *testing.T) {
	for name, body := range map[string]string{
		"a parameter":     "templ A(own string) {\n<p data-text={ own }></p>\n}",
		"a loop":          "templ A(all []string) {\nfor _, own := range all {\n<p data-text={ own }></p>\n}\n}",
		"an if":           "templ A(f func() string) {\nif own := f(); own != \"\" {\n<p data-text={ own }></p>\n}\n}",
		"code":            "templ A(f func() string) {\n{{ own := f() }}\n<p data-text={ own }></p>\n}",
		"a package":       "templ A(live fake) {\n<p data-text={ live.Expression(1) }></p>\n}",
		"of a receiver":   "templ (own T) A() {\n<p data-text={ own }></p>\n}",
		"within children": "templ A(own string) {\n@B() {\n<p data-text={ own }></p>\n}\n}",
		"of a call":       "templ A(text string) {\n@live.Form(\"/x\", live.FormAttributes(templ.Attributes{\"data-on:submit\": text})) {\n}\n}",
	} {
		got := module(t, map[string]string{"web/a.templ": head + body + "\n\ntempl Fine() {\n<p data-text={ own }></p>\n}\n"})
		if strings.Count(got, "\n") != 1 || !strings.Contains(got, "is not constant") {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestFiles: a file that templ cannot read is one finding with its place, and the others
// are checked. Code of others is not.
func TestFiles(t *testing.T) {
	const wrong = "package x\n\ntempl A(s string) {\n\t<p data-text={ s }></p>\n}\n"
	files := map[string]string{
		"a/broken.templ": "package a\n\ntempl A() {\n\t<p>\n", "b/wrong.templ": wrong, "c/empty.templ": "", "c/none.templ": "package c\n",
		"tools/go.mod": "module x\n", "a/x.go": "package a\n\nconst (",
	}
	for _, folder := range []string{"vendor", "node_modules", ".hidden", "testdata", "tools", "b/vendor/x"} {
		files[folder+"/wrong.templ"] = wrong
	}
	got := module(t, files)
	lines := strings.Split(strings.TrimSpace(got), "\n")
	if len(lines) != 2 && len(lines) != 3 || !strings.HasPrefix(lines[0], "0 a/broken.templ:5:1 ") || !strings.HasPrefix(lines[1], "1 b/wrong.templ:4:17 ") {
		t.Errorf("got %s", got)
	}
	if _, err := templates.Check(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that does not exist is fine")
	}
}

// FuzzCheck: no template ends the check, and findings have a place in it.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{head + "templ A() {\n<p data-text={ own }></p>\n}", "templ A() {\n<p { a... }></p>\n}", "package a\ntempl A(", "{% package", "package a\n\ntempl A() {\n<p data-text={ templ.Attributes{1}... } { x }={ y } if a { b } />\n}", "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, one := range templates.CheckText(text) {
			if one.Line < 1 || one.Line > strings.Count(text, "\n")+1 || one.Col < 1 || one.Message == "" {
				t.Errorf("%+v", one)
			}
		}
	})
}

// TestStale: code that was generated from another text is found. Code of another version
// of templ is not compared, and what is not there neither.
func TestStale(t *testing.T) {
	const page = "package web\n\ntempl Page(name string) {\n\t<p>{ name }</p>\n}\n"
	file, err := parser.ParseString(page)
	if err != nil {
		t.Fatal(err)
	}
	code, _, err := templates.Code(file, "web/page.templ")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(page, "<p>", "<p class=\"name\">", 1)
	for name, test := range map[string]struct{ page, code, want string }{
		"up to date":      {page, string(code), ""},
		"changed":         {changed, string(code), "3 web/page.templ:1:1 web/page_templ.go was generated from another text\n"},
		"edited":          {page, string(code) + "\n// mine\n", "3 web/page.templ:1:1 web/page_templ.go was generated from another text\n"},
		"another version": {changed, strings.Replace(string(code), "// templ: version: ", "// templ: version: x", 1), ""},
		"no code":         {changed, "", ""},
	} {
		files := map[string]string{"web/page.templ": test.page, "web/page_templ.go": test.code}
		if test.code == "" {
			delete(files, "web/page_templ.go")
		}
		if got := module(t, files); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// TestMisread: templ takes { x }. And { y } as one expression, and prints y twice.
func TestMisread(t *testing.T) {
	for text, want := range map[string]string{
		"<p>{ x }. And { y }</p>":                          "0 web/page.templ:4:7 templ prints y here, because it takes both expressions and what stands between them as one\n",
		"<p>{ x } [and] { y }</p>":                         "0 web/page.templ:4:7 templ prints y here, because it takes both expressions and what stands between them as one\n",
		"<p>{ x.z }. And { y }</p>":                        "0 web/page.templ:4:9 string expression: missing close brace\n",
		"<p>{ x }{ \". And \" }{ y }</p>":                  "",
		"<p>{ x }, and { y }. { fmt.Sprint(\n\t\t1) }</p>": "",
		"<p>{ \"é\" }: { fmt.Sprint(\"ü\", y) }</p>":       "",
	} {
		got := module(t, map[string]string{"web/page.templ": "package web\n\ntempl Page(x, y string) {\n\t" + text + "\n}\n"})
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
