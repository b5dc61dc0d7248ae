package ironstar

import (
	"context"
	"iter"
)

// Snapshot is the state of one key of a view, or of one stream, as a build
// folded it. It is a copy of what the log says: nothing is lost with it.
type Snapshot struct {
	Name        string // of the view, or the kind of the aggregate
	Fingerprint string // of the build's view or aggregate; see Fingerprint
	Key         string // of the view, or the id of the stream

	Position Position // State holds every record of the key up to this one
	Changed  Position // the last record that touched it
	Version  Version  // of the stream, if the key is one; its last record is at Position. Else 0

	State []byte // as StateCodec writes it; never changed
}

// Checkpoint says that every record of a view up to a position is in the
// snapshots of its keys: each of them may hold later ones as well.
type Checkpoint struct {
	Name, Fingerprint string // of the view
	Position          Position
	Keys              int // that had a snapshot then; there are never fewer later
}

// SnapshotReader reads snapshots. All methods may be called from any goroutine.
//
// What a store returns is what was saved for this log. A snapshot that is
// damaged, or of another log, is an error, and the reader of the log folds it
// again; so is any error.
type SnapshotReader interface {
	// Checkpoint returns a view's checkpoint, and whether there is one. Read it
	// before the snapshots.
	Checkpoint(ctx context.Context, name, fingerprint string) (Checkpoint, bool, error)

	// Snapshot returns the one of a key, and whether there is one.
	Snapshot(ctx context.Context, name, fingerprint, key string) (Snapshot, bool, error)

	// Fingerprints lists those under which a name has snapshots or a checkpoint,
	// sorted.
	Fingerprints(ctx context.Context, name string) ([]string, error)

	// Snapshots reads those of all keys, in any order, each once. The sequence
	// ends at the first error.
	Snapshots(ctx context.Context, name, fingerprint string) iter.Seq2[Snapshot, error]
}

// Snapshots keeps snapshots. A [Store] may have it; then states are kept there.
//
// Writing waits for appends and never makes them wait long. It may be undone by
// a crash, last writes first, and an error leaves what was there before.
type Snapshots interface {
	SnapshotReader

	// SaveSnapshots keeps some, all or none of them, in place of those of the
	// same name, fingerprint and key. One of a view, without a version, does not
	// take the place of a later one. Call it with a few at a time: appends wait
	// while they are written.
	SaveSnapshots(ctx context.Context, some ...Snapshot) error

	// SaveCheckpoint keeps a view's checkpoint, in place of an earlier one. All
	// snapshots that it speaks of were saved before.
	SaveCheckpoint(ctx context.Context, c Checkpoint) error

	// ForgetSnapshots removes what was saved under a name and fingerprint that
	// keep refuses, checkpoints first.
	ForgetSnapshots(ctx context.Context, keep func(name, fingerprint string) bool) error
}
