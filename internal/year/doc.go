// Package year plays how the events of the reference application change while it
// is in production. docs/EVOLUTION.md tells two stories, and testdata/script has a
// script for each.
//
// A year in the life of the todo list: its events change three times, and everything
// that was written on day one can still be read. testdata/list has the schemas and
// hand-written code of the seasons. The application itself has winter's schema, so
// that a new application begins without old versions.
//
// The auction house changes its bids: its database has 200 000 events, and people bid
// while the new build takes over. The first release is the auction house of the
// repository. testdata/house has what changes, as diffs.
//
// This package has what both the script and the browser test need.
package year
