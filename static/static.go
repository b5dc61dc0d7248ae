// Package static holds what the browser loads: it embeds static/dist, which
// make assets fills, and knows the address of each asset.
// It promises that an address changes when the content does, so that it can be
// cached forever, and that the package compiles before the assets are built;
// [Check] then returns what to do. Package live serves the files from [Files].
package static

import (
	"embed"
	"io/fs"

	"ironstar.dev/live"
)

// Name is what an asset is called in code. A misspelt one does not compile:
// use the constants.
type Name string

// The assets of the pages, one for each entry point in web/.
const (
	AppCSS Name = "app.css"
	AppJS  Name = "app.js"
)

// Names are all of them.
func Names() []Name { return []Name{AppCSS, AppJS} }

// Prefix is where the files are served: [Files] holds "x.css" for Prefix+"x.css".
const Prefix = live.AssetPrefix

//go:embed dist
var dist embed.FS

var built = live.NewBuiltAssets(dist, names()...)

func names() (names []string) {
	for _, n := range Names() {
		names = append(names, string(n))
	}
	return names
}

// URL returns the address of an asset, which contains a hash of its content.
// Before the assets are built nothing answers at that address.
func URL(n Name) string { return built.URL(string(n)) }

// Check returns nil if every asset exists. A server calls it at start and
// prints the error, which says what to run; see [live.ErrAssetsNotBuilt].
func Check() error { return built.Check() }

// Files returns the built files: those in the manifest, and their compressed
// siblings with .br, .gz or .zst at the end of the name.
func Files() fs.FS { return built.Files() }
