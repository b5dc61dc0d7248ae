package arch_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// What templates call: functions that return a component, or an option of one.
	forTemplates = regexp.MustCompile(`(?m)^func ([A-Z]\w*)(?:\[.*\])?\(.*\) (?:templ\.Component|FormOption|FieldOption)\b`)
	viewOptions  = regexp.MustCompile(`(?s)type ViewOptions struct \{(.*?)\n\}`)
	fieldName    = regexp.MustCompile(`(?m)^\t([A-Z]\w*) `)
	attribute    = regexp.MustCompile(`data-live-[a-z-]*[a-z]`)
)

// internalAttributes are between the library and its client. Nobody writes them.
var internalAttributes = []string{"data-live-feed", "data-live-page", "data-live-problem", "data-live-status", "data-live-title"}

// TestPagesNamesEverything: docs/PAGES.md has each function and option that templates
// use, and each attribute that the client reads.
func TestPagesNamesEverything(t *testing.T) {
	text, err := os.ReadFile("../../docs/PAGES.md")
	if err != nil {
		t.Fatal(err)
	}
	page, names := string(text), []string{}
	goFiles(t, func(file string, src []byte) {
		if !strings.HasPrefix(file, "../../live/") || strings.HasSuffix(file, "_test.go") {
			return
		}
		for _, m := range forTemplates.FindAllStringSubmatch(string(src), -1) {
			names = append(names, m[1])
		}
		if m := viewOptions.FindStringSubmatch(string(src)); m != nil {
			for _, f := range fieldName.FindAllStringSubmatch(m[1], -1) {
				names = append(names, f[1])
			}
		}
	})
	for _, name := range clientAttributes(t) {
		if !slices.Contains(internalAttributes, name) {
			names = append(names, name)
		}
	}
	if len(names) < 30 {
		t.Fatalf("only %d names were found: %v", len(names), names)
	}
	for _, name := range names {
		if !regexp.MustCompile(`\b` + name + `\b`).MatchString(page) {
			t.Errorf("docs/PAGES.md says nothing about %s", name)
		}
	}
}

// clientAttributes lists the attributes in the client's source.
func clientAttributes(t *testing.T) (all []string) {
	t.Helper()
	files, err := os.ReadDir("../../live/client")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".ts") {
			continue
		}
		src, err := os.ReadFile("../../live/client/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, attribute.FindAllString(string(src), -1)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
