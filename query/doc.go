// Package query answers questions about everything that happened: it lays the events of
// a log out in tables, keeps these up to date, asks them with SQL, and remembers the
// answers.
//
// It promises that an answer is what the question gives for exactly the events up to
// [ironstar.Answer].Position, that no asker gets an older answer than it had, and that
// one computation serves all who ask at once. Tables are a copy: they are
// made again from the log whenever they may not be what the log says.
//
// It knows no SQL itself. Engines do: package query/sqlitetables and the module duckdb.
// docs/decisions/045-queries.md says why it is built like this.
//
// # Words
//
//	tables       of one context in one engine; a file
//	checkpoint   up to there, all events are in the tables
//	proof        a hash of the event at the checkpoint: the log is still the same one
//	feeder       brings events into tables
//	source       what questions are asked: tables, or a view
//	question     SQL with what its answer looks like
//	answer       of a question with its parameters, as it was computed last
//	revision     of an answer: another one whenever it may show something else
package query
