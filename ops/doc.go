// Package ops is a whole application in one value ([App]): its command line
// (docs/OPERATING.md), and how its server is wired, starts, listens, shows
// progress, takes over from another server, and stops.
//
// Words of this package:
//
//	command       serve, preflight, compare, verify (not a command to an aggregate)
//	domain        what a generated package adds to an application: aggregates, views and their addresses
//	parts         the aggregates and views of all domains, on an engine that may never start
//	build         the binary that runs: schema, evolve code and library
//	owner         the process that holds the locks of a database
//	standby       a server that reads the database while another process owns it
//	takeover      a standby asks the owner to end, and becomes the owner
//	preflight     how a build would read every event of a database
//	problem       an event that a build cannot read, or would not store
//	event version a version of one event type; a build reads it as current, lifted, retired or forgotten
//	compare       folds with this build and compares with the snapshots of another
//	verify        checks the whole database, and compares the snapshots of this build with their events
package ops
