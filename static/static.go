// Package static holds what the browser loads: it embeds static/dist, which
// make assets fills, and knows the address of each asset.
//
// It promises that an address changes when the content does, so that it can be
// cached forever, and that the package compiles before anything is built;
// [Check] then says what to do. It serves nothing: package live does, from
// [Files].
package static

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// Name is what an asset is called in code. A misspelt one does not compile:
// use the constants.
type Name string

// The assets of the pages, one for each entry point in web/, and Datastar.
const (
	AppCSS     Name = "app.css"
	AppJS      Name = "app.js"
	DatastarJS Name = "datastar.js"
)

// Names are all of them.
func Names() []Name { return []Name{AppCSS, AppJS, DatastarJS} }

// Prefix is where the files are served: [Files] holds "x.css" for Prefix+"x.css".
const Prefix = "/static/"

// ErrNotBuilt is what [Check] returns before make assets was run.
var ErrNotBuilt = errors.New("the assets are not built; run: make assets")

//go:embed dist
var dist embed.FS

// manifest is read once, when it is first asked for.
var manifest = sync.OnceValues(func() (map[Name]string, error) { return read(Files()) })

func read(files fs.FS) (map[Name]string, error) {
	text, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	} else if err != nil {
		return nil, fmt.Errorf("manifest of the assets: %w", err)
	}
	var m map[Name]string
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("manifest of the assets: %w; run: make assets", err)
	}
	return m, nil
}

// URL is the address of an asset, with a hash of its content in it. Before the
// assets are built it is one that nothing answers.
func URL(n Name) string {
	m, err := manifest()
	if file, ok := m[n]; ok && err == nil {
		return Prefix + file
	}
	return Prefix + string(n)
}

// Check returns nil if every asset is there. A server calls it at start and
// prints the error, which says what to run.
func Check() error {
	m, err := manifest()
	if err != nil {
		return err
	}
	return complete(Files(), m)
}

func complete(files fs.FS, m map[Name]string) error {
	var missing []string
	for _, n := range Names() {
		if _, err := fs.Stat(files, m[n]); err != nil || m[n] == "" {
			missing = append(missing, string(n))
		}
	}
	if missing != nil {
		return fmt.Errorf("%w (missing: %s)", ErrNotBuilt, strings.Join(missing, ", "))
	}
	return nil
}

// Files are the built files: what a manifest names, and beside each its
// compressed siblings with .br, .gz or .zst at the end of the name.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return files
}
