package static

import (
	"errors"
	"testing"
	"testing/fstest"
)

// TestCheck looks at folders that this build does not have: the embedded one
// is either built or not.
func TestCheck(t *testing.T) {
	const all = `{"app.css":"app-1.css","app.js":"app-1.js","datastar.js":"datastar-1.js"}`
	file := &fstest.MapFile{}
	for name, test := range map[string]struct {
		files    fstest.MapFS
		notBuilt bool
		ok       bool
	}{
		"fresh clone":        {fstest.MapFS{"README.md": file}, true, false},
		"built":              {fstest.MapFS{"manifest.json": {Data: []byte(all)}, "app-1.css": file, "app-1.js": file, "datastar-1.js": file}, false, true},
		"a file is missing":  {fstest.MapFS{"manifest.json": {Data: []byte(all)}, "app-1.css": file, "app-1.js": file}, true, false},
		"a name is missing":  {fstest.MapFS{"manifest.json": {Data: []byte(`{"app.css":"app-1.css"}`)}, "app-1.css": file}, true, false},
		"truncated manifest": {fstest.MapFS{"manifest.json": {Data: []byte(all[:20])}}, false, false},
	} {
		m, err := read(test.files)
		if err == nil {
			err = complete(test.files, m)
		}
		if ok := err == nil; ok != test.ok || errors.Is(err, ErrNotBuilt) != test.notBuilt {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
