//go:build browser

package browsertest

import (
	"path/filepath"
	"testing"
)

// TestNewProjectIsLive: two people look at the guest book that ironstar new makes.
// One signs it, and both see the name.
func TestNewProjectIsLive(t *testing.T) {
	parent := t.TempDir()
	root := must(filepath.Abs("../.."))
	command(t, parent, generator(t), "new", "--ironstar", root, "--module", "a.dev/guests", "guests")
	project := filepath.Join(parent, "guests")
	command(t, project, "make", "build")

	s := newServerOf(t, filepath.Join(project, "bin", "app"))
	one, two := newTab(t, s.URL("/")), newTab(t, s.URL("/"))
	for _, p := range []*tab{one, two} {
		p.Await("the feed", `document.querySelector("[data-live-status=on]")`)
	}
	one.Focus("form[data-live-command] input[type=text], form[data-live-command] input:not([type])")
	one.Type("Ada <b>\r")
	for _, p := range []*tab{one, two} {
		p.Await("the name", `document.querySelector("ul li")?.textContent == "Ada <b>"`)
	}
	one.Await("an empty field", `document.querySelector("form[data-live-command] input[name=name]").value == ""`)
	one.Type("Ada <b>\r")
	one.Await("the refusal", `document.querySelector("form[data-live-command]").textContent.includes("has signed already")`)
	if n := eval[int](two, `document.querySelectorAll("ul li").length`); n != 1 {
		t.Errorf("the other page has %d names", n)
	}
}
