// Package year plays a year in the life of the reference application: its todo
// list is in production, its events change three times, and everything that was
// written on day one can still be read. testdata/script/year.txtar is the
// script, and docs/EVOLUTION.md tells the story. testdata/winter … autumn are
// the schemas and hand-written code of the seasons. The application itself has
// winter's schema, so that a new application begins without old versions.
//
// This package has what both the script and the browser test need.
package year
