// Package web holds the pages of the reference application: templ components
// that render the state of a view, and the document around them.
//
// It promises that a page works as a document without scripts (links are links,
// commands are forms), that text of a user never becomes part of an expression,
// and that rendering the same state gives the same bytes.
//
// Fields in which a person types are outside of what a feed patches, or are not
// rendered by the server at all, so that no patch removes their text. Package
// live serves the pages; make assets builds app.ts and css/.
package web

//go:generate go tool -modfile=../tools.mod templ generate -log-level error
