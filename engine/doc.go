// Package engine runs an application: it takes commands to aggregates and keeps
// views up to date with the log. It knows no HTTP and no SQL.
//
// It promises that commands to one aggregate are decided one after the other,
// each on the state that the one before it left; that no answer, not even a
// refusal, depends on a state that was not stored; and that every view is the
// fold of the log in position order (G8). Commands that arrive during a commit
// are queued and go to the store together.
//
// It assumes that it is usually the only writer of its store's streams: an
// append of another writer causes a conflict and a reload. States are in
// memory, with a limit for aggregates and for views keyed by stream; global and
// field-keyed views are in memory completely. If the store has
// [ironstar.Snapshots], states are also saved there, so that a start or a load
// folds only later events. docs/decisions/013-snapshots.md says how, and why
// snapshots can be trusted.
//
// # Words
//
//	job         a command on its way, with its answer
//	line        the queue of one aggregate while commands to it are under way
//	batch       what is decided together and handed to the store at once
//	decision    a command of a batch, and what decide made of it
//	current     the state of an aggregate that is stored, with what goes with it
//	recent      the last commands of an aggregate, by id
//	state       of one key of a view
//	idle        a state of a view keyed by stream that nobody uses: it can be evicted
//	watermark   the position that every view has reached
//	checkpoint  up to there, all of a view is in its snapshots
//	pass        the snapshot writer goes over all views once
//	comparison  of snapshots with what the events fold to
//	order       all rows of a list, sorted by one of their values
//	withheld    a stream that cannot be folded, so a list has no row of it
//	stamp       of a page of a list: another one whenever the page shows something else
//	fingerprint the build that folded a state; another one's is not used (G9)
package engine
