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
// All appends go through one goroutine that owns the only connection that
// writes. It takes what is waiting, up to a bound, stores it in one transaction
// and one sync, then answers. An append that comes alone is stored at once.
//
// The package does not decode payloads, knows nothing of aggregates or views,
// and makes no backups.
package sqlite
