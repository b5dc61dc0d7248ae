package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBehavioursHaveTests: each numbered behaviour of docs/PAGES.md has a browser
// test with its number, and no test has another number.
func TestBehavioursHaveTests(t *testing.T) {
	page, err := os.ReadFile("../../docs/PAGES.md")
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, m := range regexp.MustCompile(`(?m)^- \*\*(P\d+)\*\* `).FindAllStringSubmatch(string(page), -1) {
		if slices.Contains(described, m[1]) {
			t.Errorf("docs/PAGES.md has two behaviours %s", m[1])
		}
		described = append(described, m[1])
	}
	if len(described) < 25 {
		t.Errorf("docs/PAGES.md has %d behaviours, want 25 or more", len(described))
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
		for _, m := range regexp.MustCompile(`(?m)^func Test(P\d+)_`).FindAllStringSubmatch(string(src), -1) {
			tested[m[1]] = true
			if !slices.Contains(described, m[1]) {
				t.Errorf("%s tests %s, which docs/PAGES.md does not describe", strings.TrimPrefix(file, "../../"), m[1])
			}
		}
	}
	for _, number := range described {
		if !tested[number] {
			t.Errorf("no test in internal/browsertest begins with Test%s_", number)
		}
	}
}
