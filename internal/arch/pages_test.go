package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const (
	maxPage   = 60  // lines of a template
	maxScript = 150 // lines of a TypeScript file of the application
)

var (
	// program is what only a program has.
	program = regexp.MustCompile(`=>|\$_|\b(document|window|location|history|crypto|navigator|el|evt)\.\w|@(get|post|put|patch|delete|peek|setAll|toggleAll)\(|\bfunction\s*\(|\b(const|let)\s+\w+\s*=|<script(\s+nonce=\S+)?>`)
	// datastar is an attribute that Datastar evaluates, in a template: its name,
	// and the beginning of its value.
	datastar = regexp.MustCompile(`data-(?:on|effect|init|computed|signals|attr|class|show|text|style|indicator|ref|on-[\w-]+)(?:[:_][\w:.-]*)?=(".*?"|\{[^}]*\})`)
	// comparison is all that such an attribute may say: a signal, or whether it
	// has a value.
	comparison = regexp.MustCompile(`^!?\$[\w.]+(\s*[!=]==?\s*('[^']*'|\d+|\$[\w.]+))?$`)
	literal    = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")
)

// TestPagesHoldNoPrograms: what a page does is in TypeScript, where a compiler
// checks it, and not in strings of Go or templ.
func TestPagesHoldNoPrograms(t *testing.T) {
	looked := 0
	for _, pattern := range []string{"*.go", "*.templ"} {
		for _, file := range matches(t, "../../web/"+pattern) {
			if generated(file) || strings.HasSuffix(file, "_test.go") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			looked++
			for _, fault := range programs(file, string(src)) {
				t.Errorf("%s: %s: write it in web/ts", file, fault)
			}
		}
	}
	if looked < 5 {
		t.Errorf("only %d files were looked at", looked)
	}
}

// programs returns the programs in the strings of a Go file or in a template.
func programs(file, src string) (faults []string) {
	if strings.HasSuffix(file, ".go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, src, 0)
		if err != nil {
			return []string{err.Error()}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, _ := strconv.Unquote(lit.Value); program.MatchString(text) {
					faults = append(faults, text)
				}
			}
			return true
		})
		return faults
	}
	for line := range strings.Lines(src) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "//") {
			continue
		}
		for _, a := range datastar.FindAllStringSubmatch(line, -1) {
			value := strings.Trim(a[1], `"`)
			if strings.HasPrefix(value, "{") && !literal.MatchString(value) || comparison.MatchString(value) {
				continue
			}
			faults = append(faults, a[0])
		}
		if found := program.FindString(line); found != "" {
			faults = append(faults, found)
		}
	}
	return faults
}

// TestProgramCheckSeesFaults: the check above can fail.
func TestProgramCheckSeesFaults(t *testing.T) {
	for src, want := range map[string]bool{
		"package web\nvar a = `const sent = $text; el.queue.then(() => 1)`\n":    true,
		"package web\nvar a = \"el.action\"\n":                                   true,
		"package web\nvar a, b = `@post('/x')`, \"/todo/list\"\n":                true,
		"package web\n\n// el.stop => 1\nvar a, b = \"show-\", \"/todo/list\"\n": false,
	} {
		if got := programs("web/x.go", src); (len(got) > 0) != want {
			t.Errorf("%s: got %q", src, got)
		}
	}
	for src, want := range map[string]bool{
		`<p data-class:editing={ form.Editing.Ref() + "===el.id" }></p>`:      true,
		`<p data-show={ form.Text.Ref() + " || $x" }></p>`:                    true,
		`<p data-show="$show === 'all'" data-text={ form.Text.Ref() }></p>`:   false,
		`<p data-on:click="$open = !$open"></p>`:                              true,
		`<p data-live-command data-bind="text" data-class:ready="$text"></p>`: false,
		`<button onclick="document.forms.add.submit()"></button>`:             true,
		`<script>alert(1)</script>`:                                           true,
	} {
		if got := programs("web/x.templ", src); (len(got) > 0) != want {
			t.Errorf("%s: got %q", src, got)
		}
	}
}

// TestPagesAreSmall: a page is what people write for it.
func TestPagesAreSmall(t *testing.T) {
	for pattern, most := range map[string]int{"../../web/*.templ": maxPage, "../../web/*.ts": maxScript, "../../web/ts/*.ts": maxScript} {
		for _, file := range matches(t, pattern) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(string(src), "\n"); n > most {
				t.Errorf("%s has %d lines, at most %d", file, n, most)
			}
		}
	}
}

func matches(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no file is %s: %v", pattern, err)
	}
	return files
}
