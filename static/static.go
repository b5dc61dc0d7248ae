// Package static embeds what browsers load. ironstar assets builds it.
package static

import (
	"embed"

	"ironstar.dev/live"
)

//go:embed dist
var dist embed.FS

// Assets are the files of dist; Assets.URL("app.js") is where the script is. The
// names are those without which the server does not start.
var Assets = live.NewBuiltAssets(dist, "app.js", "app.css")
