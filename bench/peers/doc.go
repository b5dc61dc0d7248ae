// Command peers makes one run of a workload with one event store, Ironstar's or
// another library's, and prints the results as JSON. `go run ./bench -only
// peers` starts it; docs/PEERS.md describes the comparison.
//
// It is a separate module, so that its imports are not in the go.mod of
// Ironstar.
//
// Each library is one file: what its documentation recommends, on SQLite with
// journal_mode=WAL and synchronous=FULL, like ours.
package main
