package live

import (
	"fmt"
	"html"
	"io"

	files "ironstar.dev/live/client"
)

// openDefaultPage writes a page up to the end of its head.
func openDefaultPage(w io.Writer, title, nonce string, assets *BuiltAssets) error {
	more := ""
	if assets.has("app.css") {
		more += `<link rel="stylesheet" href="` + html.EscapeString(assets.URL("app.css")) + `">`
	}
	if assets.has("app.js") {
		more += `<script type="module" src="` + html.EscapeString(assets.URL("app.js")) + `"></script>`
	}
	_, err := fmt.Fprintf(w, `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`+
		`<meta name="color-scheme" content="light dark"><title>%s</title><style nonce="%s">%s</style>%s</head>`,
		html.EscapeString(title), html.EscapeString(nonce), files.Style, more)
	return err
}
