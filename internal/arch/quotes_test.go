package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quoting lists documents that take their examples from files. The last link before a
// block of code names the file. A line … leaves out lines of the file.
var quoting = []string{"docs/MODELLING.md", "docs/TESTING.md", "docs/ELEMENTS.md"}

var quotation = regexp.MustCompile("(?s)\\]\\(([^)#\\s]+)\\)|\n```(?:go|cue|templ|ts|js)\n(.*?)\n```")

// TestQuotations: the examples of these documents are parts of files that are compiled and tested.
func TestQuotations(t *testing.T) {
	for _, document := range quoting {
		text, err := os.ReadFile("../../" + document)
		if err != nil {
			t.Fatal(err)
		}
		quoted := 0
		for _, q := range quotations(string(text)) {
			quoted++
			source, err := os.ReadFile(filepath.Join("../..", filepath.Dir(document), q.file))
			if err != nil {
				t.Errorf("%s quotes %s: %v", document, q.file, err)
			} else if part := notIn(q.block, string(source)); part != "" {
				t.Errorf("%s quotes %s, which does not have this:\n%s", document, q.file, part)
			}
		}
		if quoted < 5 {
			t.Errorf("%s quotes %d blocks", document, quoted)
		}
	}
}

type quote struct{ file, block string }

// quotations lists the blocks of a document, each with the last link before it.
func quotations(text string) (all []quote) {
	file := ""
	for _, m := range quotation.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			file = m[1]
		} else {
			all = append(all, quote{file, m[2]})
		}
	}
	return all
}

// notIn returns the first part of a block that does not follow the parts before it in
// a file. Indentation does not count.
func notIn(block, source string) string {
	source = "\n" + unindented(source) + "\n"
	for part := range strings.SplitSeq("\n"+unindented(block)+"\n", "\n…\n") {
		part = strings.Trim(part, "\n")
		_, rest, ok := strings.Cut(source, "\n"+part+"\n")
		if !ok {
			return part
		}
		source = "\n" + rest
	}
	return ""
}

func unindented(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

// TestQuotationCheckSeesFaults: the check above can fail.
func TestQuotationCheckSeesFaults(t *testing.T) {
	got := quotations("[a](a.go)\n[b](b.go#x)\n```go\none\n\ttwo\n```\n```sh\nx\n```\n[c](c.cue)\n```cue\nthree\n```\n")
	if len(got) != 2 || got[0] != (quote{"a.go", "one\n\ttwo"}) || got[1] != (quote{"c.cue", "three"}) {
		t.Fatalf("got %q", got)
	}
	for _, test := range []struct{ block, source, want string }{
		{"one\n\ttwo", "zero\n\tone\ntwo\nthree", ""},
		{"one\n…\nthree", "one\ntwo\nthree", ""},
		{"three\n…\none", "one\ntwo\nthree", "one"},
		{"one\nthree", "one\ntwo\nthree", "one\nthree"},
		{"tw", "one\ntwo", "tw"},
	} {
		if got := notIn(test.block, test.source); got != test.want {
			t.Errorf("%q in %q: %q, want %q", test.block, test.source, got, test.want)
		}
	}
}
