package live_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"

	"ironstar.dev/live"
)

func TestBuiltAssets(t *testing.T) {
	const all = `{"app.css":"app-1.css","app.js":"app-1.js"}`
	file := &fstest.MapFile{}
	for name, test := range map[string]struct {
		files    fstest.MapFS
		notBuilt bool
		ok       bool
		url      string
	}{
		"fresh clone":        {fstest.MapFS{"dist/README.md": file}, true, false, "/static/app.js"},
		"built":              {fstest.MapFS{"dist/manifest.json": {Data: []byte(all)}, "dist/app-1.css": file, "dist/app-1.js": file}, false, true, "/static/app-1.js"},
		"a file is missing":  {fstest.MapFS{"dist/manifest.json": {Data: []byte(all)}, "dist/app-1.css": file}, true, false, "/static/app-1.js"},
		"a name is missing":  {fstest.MapFS{"dist/manifest.json": {Data: []byte(`{"app.css":"app-1.css"}`)}, "dist/app-1.css": file}, true, false, "/static/app.js"},
		"truncated manifest": {fstest.MapFS{"dist/manifest.json": {Data: []byte(all[:20])}}, false, false, "/static/app.js"},
	} {
		b := live.NewBuiltAssets(test.files, "app.css", "app.js")
		err := b.Check()
		if ok := err == nil; ok != test.ok || errors.Is(err, live.ErrAssetsNotBuilt) != test.notBuilt {
			t.Errorf("%s: got %v", name, err)
		}
		if got := b.URL("app.js"); got != test.url {
			t.Errorf("%s: the script is at %s, want %s", name, got, test.url)
		}
	}
}

func ExampleNewBuiltAssets() {
	embedded := fstest.MapFS{"dist/README.md": {}} // an embed.FS, in an application
	fmt.Println(live.NewBuiltAssets(embedded, "app.js").Check())
	// Output: the assets are not built; run: make assets, or ironstar assets
}
