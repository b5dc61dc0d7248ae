package cueload_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/cueload"
)

const languagePage = "../../docs/LANGUAGE.md"

// block is an example on the page.
type block struct {
	line int               // line of the page at which the text begins
	text string            // ends with a line end
	sql  map[string]string // the files with SQL behind it, by name
}

var (
	fence    = regexp.MustCompile("(?ms)^```cue\n(.*?)^```$")
	sqlFence = regexp.MustCompile("(?ms)^```sql\n-- (\\S+)\n(.*?)^```$")
	clause   = regexp.MustCompile(`(?m)^package (\w+)$`)
	errCode  = regexp.MustCompile(`// (IRN\d{3})\b`)
	selected = regexp.MustCompile(`\b([a-z]+)\.#?[A-Z]`)
	quotes   = regexp.MustCompile(`"[^"\n]*"`)
)

// blocks returns the examples of a page, in order.
func blocks(page string) (all []block) {
	for _, at := range fence.FindAllStringSubmatchIndex(page, -1) {
		b := block{1 + strings.Count(page[:at[2]], "\n"), page[at[2]:at[3]], map[string]string{}}
		behind, _, _ := strings.Cut(page[at[1]:], "```cue\n")
		for _, sql := range sqlFence.FindAllStringSubmatch(behind, -1) {
			b.sql[sql[1]] = sql[2]
		}
		all = append(all, b)
	}
	return all
}

// pageSchema writes the examples of the page into files, as its second
// paragraph describes.
type pageSchema struct {
	dir, pkg string
	imports  map[string]string // local name to import path
	files    int
	from     map[string]int // the difference between line numbers of the page and of a file
}

func newPageSchema(t *testing.T) *pageSchema {
	s := &pageSchema{dir: t.TempDir(), from: map[string]int{}, imports: map[string]string{"schema": "ironstar.dev/schema"}}
	for _, builtin := range []string{"list", "math", "strconv", "strings", "struct", "time"} {
		s.imports[builtin] = builtin
	}
	write(t, filepath.Join(s.dir, "cue.mod", "module.cue"), "module: \"example.com/shop\"\nlanguage: version: \"v0.17.0\"\n")
	return s
}

// add writes an example and returns the name of its file.
func (s *pageSchema) add(t *testing.T, b block) string {
	t.Helper()
	header := ""
	if m := clause.FindStringSubmatch(b.text); m != nil {
		s.pkg = m[1]
		s.imports[s.pkg] = "example.com/shop/" + s.pkg
	} else {
		header = s.header(b.text)
	}
	s.files++
	name := fmt.Sprintf("%s/%02d.cue", s.pkg, s.files)
	s.from[name] = b.line - 1 - strings.Count(header, "\n")
	write(t, filepath.Join(s.dir, name), header+b.text)
	for file, sql := range b.sql {
		write(t, filepath.Join(s.dir, s.pkg, file), sql)
	}
	return name
}

// header returns the package clause and the imports for a block without a
// package clause.
func (s *pageSchema) header(text string) string {
	header := "package " + s.pkg + "\n"
	var done []string
	for _, m := range selected.FindAllStringSubmatch(quotes.ReplaceAllString(text, ""), -1) {
		if path := s.imports[m[1]]; path != "" && !slices.Contains(done, path) {
			done = append(done, path)
			header += "import " + strconv.Quote(path) + "\n"
		}
	}
	return header
}

// languageSchema returns a folder with all examples of the page that show no
// errors.
func languageSchema(t *testing.T) (dir string) {
	t.Helper()
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	s := newPageSchema(t)
	for _, b := range blocks(string(page)) {
		if !errCode.MatchString(b.text) {
			s.add(t, b)
		}
	}
	return s.dir
}

// TestLanguageExamples loads every example of the page together with the
// examples before it. An example with codes of errors must have these errors,
// each at its line, and no others. At the end the test generates code from all
// other examples together.
func TestLanguageExamples(t *testing.T) {
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	s := newPageSchema(t)
	valid, broken := 0, 0
	for _, b := range blocks(string(page)) {
		file := s.add(t, b)
		_, err := cueload.Load(s.dir)
		if errCode.MatchString(b.text) {
			broken++
			s.compare(t, b, err)
			if err := os.Remove(filepath.Join(s.dir, file)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if valid++; err != nil {
			t.Fatalf("%s:%d does not load:\n%s", languagePage, b.line, report(t, err))
		}
	}
	if valid < 15 || broken < 3 {
		t.Errorf("only %d examples and %d of errors were found", valid, broken)
	}
	generates(t, s.dir)
}

// compare compares the errors of an example with the codes in it.
func (s *pageSchema) compare(t *testing.T, b block, err error) {
	t.Helper()
	var found cueload.Errors
	if err != nil && !errors.As(err, &found) {
		t.Fatal(err)
	}
	var want, got []string
	for i, line := range strings.Split(b.text, "\n") {
		for _, m := range errCode.FindAllStringSubmatch(line, -1) {
			want = append(want, fmt.Sprintf("line %d: %s", b.line+i, m[1]))
		}
	}
	for _, e := range found {
		got = append(got, fmt.Sprintf("line %d: %s", e.Pos.Line+s.from[e.Pos.File], e.Code))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
		t.Errorf("the example at line %d has other errors (-want +got):\n%s\n%s", b.line, diff, text(t, found))
	}
}

// generates writes the Go and TypeScript of a schema.
func generates(t *testing.T, dir string) {
	t.Helper()
	schema, err := cueload.Load(dir)
	if err != nil {
		t.Fatal(report(t, err))
	}
	out, err := codegen.Generate(schema, codegen.Options{Module: "example.com/shop"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gen/order/order_gen.go", "gen/ts/order.ts", "gen/stock/ticket_upcasts_gen.go"} {
		if out.Files[name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
}

// TestLanguageWords: the code of the page has every word of the language.
func TestLanguageWords(t *testing.T) {
	page, err := os.ReadFile(languagePage)
	if err != nil {
		t.Fatal(err)
	}
	words := cueload.Words()
	if len(words) < 80 {
		t.Errorf("the language has only %d words", len(words))
	}
	for _, word := range missingWords(string(page), words) {
		t.Errorf("docs/LANGUAGE.md says nothing about %s", word)
	}
}

var inCode = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")

// missingWords lists the words that the code of a page does not have. Comments
// do not count, because they do not show how a word is used.
func missingWords(page string, words []string) (missing []string) {
	var code strings.Builder
	for _, part := range inCode.FindAllString(page, -1) {
		for line := range strings.Lines(part) {
			line, _, _ = strings.Cut(line, "// ")
			code.WriteString(line + "\n")
		}
	}
	for _, word := range words {
		before, after := `(^|[^\w#@."])`, `($|[^\w"])`
		if strings.ContainsAny(word[:1], "=!<>&|#") {
			before = `(^|[^=!<>&|#])`
		}
		switch last := word[len(word)-1:]; {
		case strings.ContainsAny(word[:1], "=!<>&|"):
			after = `($|[^=~])`
		case strings.ContainsAny(last, `=)"`):
			after = ""
		}
		if !regexp.MustCompile(before + regexp.QuoteMeta(word) + after).MatchString(code.String()) {
			missing = append(missing, word)
		}
	}
	return missing
}

// TestLanguageWordCheckSeesFaults: the check above can fail.
func TestLanguageWordCheckSeesFaults(t *testing.T) {
	page := "A state of missing words. `schema.#Time` and `>=1`, `\"404\"`, `@go(func)`\n```cue\nevent: x // on\nstrings.MaxRunes(3)\n```\n"
	words := []string{"state", "event", "on", "#Time", "#Tim", ">", ">=", `"404"`, `"40"`, "@go", "strings.MaxRunes", "MaxRunes", "missing"}
	if got := strings.Join(missingWords(page, words), " "); got != `state on #Tim > "40" MaxRunes missing` {
		t.Errorf("got %s", got)
	}
}
