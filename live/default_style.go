package live

import (
	"fmt"
	"html"
	"io"
)

// defaultStyle is the style of the default document and error page: readable in
// light and dark, on narrow and wide screens, without a font or file from
// elsewhere. It names elements and no classes, except for its own error page and
// for forms.
const defaultStyle = `
:root { color-scheme: light dark; --paper: #fff; --raised: #f5f6f8; --ink: #1b1f24; --soft: #59636e; --line: #d4d9df; --accent: #2452b8; --on-accent: #fff; --bad: #a8241b; --bad-paper: #fdf0ef }
@media (prefers-color-scheme: dark) {
	:root { --paper: #14171b; --raised: #1e2329; --ink: #e8ebef; --soft: #a3adb8; --line: #363d46; --accent: #8ab0ff; --on-accent: #101827; --bad: #ffb0a8; --bad-paper: #3a1d1b }
}
*, ::before, ::after { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere; -webkit-text-size-adjust: 100% }
main { display: block; max-width: 42rem; margin: 0 auto; padding: clamp(1.5rem, 7vh, 5rem) clamp(1rem, 5vw, 2rem) }
h1, h2, h3 { line-height: 1.25; margin: 2em 0 .5em; text-wrap: balance }
h1 { font-size: clamp(1.625rem, 1.3rem + 1.6vw, 2.25rem); letter-spacing: -.015em; margin-top: 0 }
h2 { font-size: 1.3125rem }
h3 { font-size: 1.0625rem }
p, ul, ol, dl, pre, table, blockquote, form, figure { margin: 0 0 1rem }
ul, ol { padding-left: 1.4em }
li { margin: .25em 0 }
blockquote { padding-left: 1rem; border-left: 3px solid var(--line); margin-inline: 0 }
a { color: var(--accent); text-underline-offset: .15em }
small, time, figcaption { color: var(--soft) }
dt { color: var(--soft); font-size: .875rem }
dd { margin: 0 0 .75rem }
code, pre { font: .9375em/1.5 ui-monospace, monospace }
pre { padding: .75rem 1rem; overflow-x: auto; background: var(--raised); border-radius: .5rem }
table { border-collapse: collapse; width: 100% }
th, td { padding: .5rem .75rem .5rem 0; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-size: .875rem; font-weight: 600 }
img, video, svg { max-width: 100%; height: auto }
label { display: block; font-size: .9375rem; font-weight: 600 }
input, select, textarea, button { font: inherit; color: inherit; max-width: 100% }
input:not([type=checkbox], [type=radio], [type=range], [type=color], [type=file]), select, textarea { width: 100%; margin: .25rem 0 1rem; padding: .5rem .75rem; background: var(--paper); border: 1px solid var(--soft); border-radius: .5rem }
fieldset { margin: 0 0 1rem; padding: 0; border: 0 }
fieldset > label, .live-case > label, .live-field > label:has(> [type=checkbox]) { display: flex; gap: .5rem; align-items: baseline; min-height: 2rem; font-weight: 400 }
legend { padding: 0; font-size: .9375rem; font-weight: 600 }
.live-field { margin-bottom: 1rem }
.live-group > .live-field, .live-case-fields { margin-left: 1rem }
.live-case:not(:has(> label > :checked)):not(:has(:invalid)) > .live-case-fields { display: none }
.live-field > :is(input, select, textarea) { margin-bottom: 0 }
.live-error, .live-status { margin: .25rem 0; font-size: .9375rem }
.live-error:empty, .live-status:empty { display: none }
button { min-height: 2.75rem; padding: .25rem 1rem; background: var(--accent); color: var(--on-accent); border: 0; border-radius: .5rem; font-weight: 600; cursor: pointer }
[aria-invalid=true] { border-color: var(--bad) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
hr { border: 0; border-top: 1px solid var(--line); margin: 2rem 0 }
[role=alert]:not(:empty) { color: var(--bad) }
.problem { background: var(--bad-paper); border-radius: .75rem; padding: 1rem 1.25rem; margin-bottom: 1.5rem }
.problem > :last-child { margin-bottom: 0 }
.typed dd { white-space: pre-wrap; unicode-bidi: plaintext; background: var(--raised); border-radius: .5rem; padding: .5rem .75rem }
`

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
		html.EscapeString(title), html.EscapeString(nonce), defaultStyle, more)
	return err
}
