// Package web holds the pages of the reference application: templ components
// that render the state of a view, and the document around them.
//
// It promises that a page works as a document before any script runs (links are
// links, commands are forms), that no text of a user ever becomes part of an
// expression, and that rendering the same state gives the same bytes.
//
// What a person is about to type, edit or look at lives outside of what a feed
// patches, or is not rendered by the server at all, so that no patch takes it
// away. Package live serves the pages; app.ts and css/ are built by make assets.
package web

//go:generate go tool -modfile=../tools.mod templ generate -log-level error
