// Package year tells a year in the life of the reference application: its list of
// things to do is in production, its events change three times, and what was
// written on day one is read as it was. testdata/script/year.txtar is the story,
// docs/EVOLUTION.md tells it to people; testdata/winter … autumn are the schemas
// and hand-written sides of that year. The application itself stays at winter's:
// who starts from it has no past.
//
// Here is what both the script and the browser's test of it need.
package year
