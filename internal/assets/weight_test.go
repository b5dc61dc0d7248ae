package assets_test

import (
	"os"
	"path/filepath"
	"testing"

	"ironstar.dev/internal/assets"
)

// TestWeight: the client of pages and Datastar, without a script of an
// application, are at most 22 kB for a browser.
func TestWeight(t *testing.T) {
	const budget = 22_000
	p := newProject(t)
	if err := os.Remove(filepath.Join(p.root, "web", "app.ts")); err != nil {
		t.Fatal(err)
	}
	p.from = assets.Pinned(os.Getenv("DATASTAR_JS"))
	if kept, err := os.ReadFile(assets.Kept("../..")); err == nil { // it is verified once more
		p.put("static/dist/"+filepath.Base(assets.Kept("")), string(kept))
	}
	p.mustBuild()
	script := p.manifest()["app.js"]
	size := len(p.get("static/dist/" + script + ".br"))
	t.Logf("client and Datastar: %d bytes with brotli, %d as they are", size, len(p.get("static/dist/"+script)))
	if size > budget {
		t.Errorf("client and Datastar have %d bytes, at most %d", size, budget)
	}
}
