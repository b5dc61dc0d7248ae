// Package historytest is the hand-written code of an application with older
// events, and tests that read them along every path: aggregate, views, feeds,
// rebuild (G7, G10). gen is generated from schema; tests of package cuetest
// check that it is up to date.
package historytest
