package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBehavioursHaveTests: each numbered behaviour of docs/PAGES.md and
// docs/ELEMENTS.md has a browser test with its number, and no test has another number.
func TestBehavioursHaveTests(t *testing.T) {
	haveTests(t, "docs/PAGES.md", "P", 25)
	haveTests(t, "docs/ELEMENTS.md", "S", 9)
	haveTests(t, "docs/ELEMENTS.md", "C", 16)
}

// haveTests checks a document with at least so many behaviours, whose numbers begin
// with a letter.
func haveTests(t *testing.T, document, letter string, least int) {
	t.Helper()
	page, err := os.ReadFile("../../" + document)
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(`+letter+`\d+)\*\* `).FindAllStringSubmatch(string(page), -1) {
		if slices.Contains(described, m[1]) {
			t.Errorf("%s has two behaviours %s", document, m[1])
		}
		described = append(described, m[1])
	}
	if len(described) < least {
		t.Errorf("%s has %d behaviours, want %d or more", document, len(described), least)
	}
	files, err := filepath.Glob("../browsertest/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	tested := map[string]bool{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func Test(`+letter+`\d+)_`).FindAllStringSubmatch(string(src), -1) {
			tested[m[1]] = true
			if !slices.Contains(described, m[1]) {
				t.Errorf("%s tests %s, which %s does not describe", strings.TrimPrefix(file, "../../"), m[1], document)
			}
		}
	}
	for _, number := range described {
		if !tested[number] {
			t.Errorf("no test in internal/browsertest begins with Test%s_", number)
		}
	}
}
