package guide_test

import (
	"strings"
	"testing"
)

// TestFaultsAreSeen: a document with a fault does not pass.
func TestFaultsAreSeen(t *testing.T) {
	const two = "package p\n\nfunc A() {}\n\n// B says.\nfunc B() {}\n"
	for name, c := range map[string]struct{ doc, file, want string }{
		"no file":         {"In this file:\n\n```go\nx\n```\n", "", "does not say which file"},
		"nothing to take": {"with\n\n```go\nx\n```\n", "", "does not say which file"},
		"not there":       {"In `a.go`, replace\n\n```go\nx\n```\n\nwith\n\n```go\ny\n```\n", two, "has 0 times"},
		"twice":           {"In `a.go`, replace\n\n```go\n() {}\n```\n\nwith\n\n```go\ny\n```\n", two, "has 2 times"},
		"no function":     {"`a.go`, the function `C`:\n\n```go\nfunc C() {}\n```\n", two, "no function C"},
		"broken":          {"`a.go`, the function `B`:\n\n```go\nfunc B( {}\n```\n", two, "expected"},
		"never closed":    {"```sh\nls\n", "", "is not closed"},
	} {
		steps, err := parse(c.doc)
		for _, s := range steps {
			if err == nil {
				_, err = changed(s, c.file)
			}
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	if err := contains("a\nb\nc\n", "c\na\n"); err == nil {
		t.Error("lines in another order are found")
	}
	if got, err := changed(step{kind: "functions", text: "// B sings.\nfunc B() { x() }\n"}, two); err != nil || got != "package p\n\nfunc A() {}\n\n// B sings.\nfunc B() { x() }\n" {
		t.Errorf("%v: %s", err, got)
	}
}
