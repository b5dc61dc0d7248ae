// Package sqltext reads the text of a query in SQL: its words, names, strings and
// comments, and from these its parameters, tables and calls. It knows as little of SQL
// as that takes, so that it is never wrong about a valid query. What it does not see,
// the engine does.
package sqltext
