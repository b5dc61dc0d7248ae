package ops_test

import (
	"strings"
	"testing"

	"ironstar.dev/ops"
)

// TestNextSteps: an application without a first page runs, and says what it lacks,
// at the start and on the page. Every command works without a domain.
func TestNextSteps(t *testing.T) {
	for _, test := range []struct {
		name       string
		app        ops.App
		said, page string
	}{
		{"no domain", ops.App{Name: "shop", About: "Sells <b>."}, "ops.App has no Domains yet: ironstar add aggregate NAME", "ironstar add aggregate kitchen.Recipe "},
		{"no home", func() ops.App { a := noteApp(); a.Home = nil; return a }(), "ops.App has no Home yet: set it to a function", "ironstar add page NAME<"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			code, said := whileServing(test.app, func(url string) {
				page := get(url + "/")
				if !strings.HasPrefix(page, "200 <!doctype html>") || !strings.Contains(page, test.page) || strings.Contains(page, "<b>") || strings.Contains(page, "data-init") {
					t.Errorf("the page is %s", page)
				}
				if page := get(url + "/nothing"); !strings.HasPrefix(page, "404") {
					t.Errorf("another address answers %s", page)
				}
			})
			if code != 0 || !strings.Contains(said, test.said) {
				t.Errorf("it ended with %d and said %q", code, said)
			}
			for _, command := range []string{"preflight", "verify"} {
				var stdout, stderr strings.Builder
				if code := test.app.Run(t.Context(), []string{command}, &stdout, &stderr); code == 0 || !strings.Contains(stderr.String(), "app.db") {
					t.Errorf("%s without a database ends with %d and says %q", command, code, &stderr)
				}
			}
		})
	}
}
