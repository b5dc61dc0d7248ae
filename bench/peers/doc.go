// Command peers makes one run of a workload with one event store, Ironstar's or
// another library's, and prints what it measured as JSON. `go run ./bench -only
// peers` starts it by turns; docs/PEERS.md says what is compared, and how.
//
// It is a module of its own, so that what it imports never reaches the go.mod
// of Ironstar.
//
// A library is one file: what its documentation recommends, on SQLite with
// journal_mode=WAL and synchronous=FULL, like ours.
package main
