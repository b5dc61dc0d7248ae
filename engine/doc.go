// Package engine runs an application: it takes commands to aggregates and keeps
// views up to date with the log. It knows no HTTP and no SQL.
//
// It promises that commands to one aggregate are decided one after the other,
// each on the state that the one before it left (queueing while a commit is
// under way and then going to the store together); that no answer, not even a
// refusal, is given on a state that was not stored; and that every view is the
// fold of the log in position order (G8).
//
// It assumes that it is the only writer to its store's streams most of the time:
// another writer is noticed as a conflict and costs a reload. States live in
// memory, bounded for aggregates and for views keyed by stream; global and
// field-keyed views are held as a whole. If the store has [ironstar.Snapshots],
// states are also kept there, so that a start or a load folds only what came
// after; docs/decisions/013-snapshots.md says how, and why they can be relied on.
package engine
