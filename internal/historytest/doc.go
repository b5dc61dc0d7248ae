// Package historytest is the hand-written side of an application whose events
// have a past, and the tests that read it along every path: aggregate, views,
// feeds, rebuild (G7, G10). gen is generated from schema by the tests of package
// cuetest, which say when it is not up to date.
package historytest
