// Package client holds the TypeScript of pages: the client that keeps a page up
// to date, sends its forms, and leaves alone what only the person owns.
// docs/PAGES.md describes what it does. make assets bundles it with Datastar and
// the TypeScript of the application into one file. An application imports it as
// "ironstar".
//
// It promises that a page needs no script of the application to be live, and
// that the files here are all that the bundle needs besides Datastar.
package client

import "embed"

// Sources are the TypeScript files. The first to load is index.ts. Those in charts
// are elements that an application imports by name, "ironstar/charts/echarts", and
// what draws them.
//
//go:embed *.ts charts/*.ts
var Sources embed.FS

// Style is the style of the default document and error page: readable in light and
// dark, on narrow and wide screens, without a font or file from elsewhere. It names
// elements and no classes, except for its own error page and for forms. An
// application imports it as "ironstar/page.css".
//
//go:embed page.css
var Style string
