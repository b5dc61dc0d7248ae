// Package sqlitetables lays events out in tables of an SQLite file, and answers SQL about
// them. It is an engine of package query.
//
// The file is a copy of what the log holds, in WAL mode. A commit is not synced
// (synchronous=NORMAL): power loss may take the last batches back, whole ones, and their
// checkpoint with them, because it is in the same transaction. The feeder continues
// there. A file that was not closed is checked (quick_check), one that was
// changed after it was closed is made again, and so is one that turns out to be
// damaged while it is used.
//
// Each table has one index, on _at, because questions ask about windows of time. An
// application cannot declare others yet. Rows are in the order of the log.
//
// A question may only read the tables that it names, with functions of a list, and may
// not depend on a clock: the connection's authorizer refuses everything else, and the
// text is searched for what it cannot see, the literal 'now'. A question that
// puts that word together at run time is not found.
//
// docs/decisions/045-queries.md has the table of columns.
package sqlitetables
