// Package sqlite keeps an Ironstar log in one SQLite file.
//
// It promises G1 to G6 of docs/GUARANTEES.md: an acknowledged append survives
// kill -9 and power loss, is stored whole or not at all, wins or loses against
// another at the same version, gets the next positions without a gap, is never
// changed afterwards, and happens once for each command id. docs/FORMAT.md
// describes every table and column.
//
// One server owns a file: [Open] takes a lock on <file>.lock and refuses a file
// that another process holds. Other processes may read at any time with
// [OpenReader], which takes no lock and writes nothing, beside the file neither.
//
// One connection writes, and one goroutine at a time uses it. Appends that come
// together go through one that takes what is waiting, up to a bound, stores it
// in one transaction and one sync, then answers. An append that comes alone is
// stored at once, by its caller.
//
// The package does not decode payloads, knows nothing of aggregates or views,
// and makes no backups.
package sqlite
