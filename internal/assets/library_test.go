package assets_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestStyleOfTheLibrary: an application begins its style with that of pages which
// bring none, and its own rules come after it.
func TestStyleOfTheLibrary(t *testing.T) {
	p := newProject(t)
	p.put("web/page.css", "@import \"ironstar/page.css\";\nh1 { color: #010203 }\n")
	p.mustBuild()
	text := string(p.get("static/dist/" + p.manifest()["page.css"]))
	library, own := strings.Index(text, ".live-field"), strings.Index(text, "#010203")
	if library < 0 || own < library {
		t.Errorf("the style is %s", text)
	}
}

// TestTypesOfTheClient: tsc and editors find the sources of the client. A build
// writes them again if they are gone.
func TestTypesOfTheClient(t *testing.T) {
	p := newProject(t)
	p.mustBuild()
	file := filepath.Join(p.root, "static/dist/.client/index.ts")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	p.mustBuild()
	if text := p.get("static/dist/.client/index.ts"); !strings.Contains(string(text), "export") {
		t.Errorf("index.ts is %s", text)
	}
}
