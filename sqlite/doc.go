// Package sqlite keeps an Ironstar log in one SQLite file.
//
// It promises G1 to G6 of docs/GUARANTEES.md: an acknowledged append survives
// kill -9 and power loss, is stored whole or not at all, wins or loses against
// another at the same version, gets the next positions without a gap, is never
// changed afterwards, and happens once for each command id. docs/FORMAT.md
// describes every table and column.
//
// One server owns a file: [Open] locks the file and <file>.lock, and refuses a
// file that another process owns, by any name. A standby reader ([OpenStandby])
// follows the owner and can take its place. Other processes may read at any time
// with [OpenReader], which takes no lock and writes no file.
//
// One connection writes, and one goroutine at a time uses it. The comment of
// type writer describes how an append is stored.
//
// Words:
//
//	request             one call of Append
//	batch               the appends that share a transaction and its sync (group commit)
//	turn                the right to use the connection that writes
//	head                the position of the last event
//	stream end          version and position of the last event of a stream
//	recent records      the events stored last, for those who follow the log
//	broadcast           wakes all who wait for a change
//	background work     a write that is no append: snapshots
//	checkpoint          the copy of the write-ahead log in the database (SQLite);
//	                    also: the position of a view up to which it has snapshots
//	layout              the number of migrations that a file has
//	chunk               what is read in one transaction
//
// The package does not decode payloads, knows nothing of aggregates or views,
// and makes no backups.
package sqlite
