package ironstar

import (
	"context"
	"iter"
)

// Snapshot is the folded state of one key of a view, or of one stream. It is a
// cache: the state can be folded from the log again.
type Snapshot struct {
	Name        string // of the view, or the kind of the aggregate
	Fingerprint string // see Fingerprint
	Key         string // of the view, or id of the stream

	Position Position // State includes every record of the key up to this one
	Changed  Position // of the last record that concerned the key
	Version  Version  // of the stream if Key is one, whose last record is at Position; otherwise 0

	State []byte // written by StateCodec; never changed
}

// Checkpoint means that the snapshots of a view include every record up to a
// position. A snapshot may include later ones too.
type Checkpoint struct {
	Name, Fingerprint string // of the view
	Position          Position
	Keys              int // number of keys with a snapshot at that time; it does not decrease
}

// SnapshotReader reads snapshots. All methods may be called from any goroutine.
//
// A store returns only snapshots of this log. A damaged snapshot, or one of
// another log, is an error. After an error the caller folds the state from the
// log.
type SnapshotReader interface {
	// Checkpoint returns a view's checkpoint, and whether there is one. Read it
	// before the snapshots.
	Checkpoint(ctx context.Context, name, fingerprint string) (Checkpoint, bool, error)

	// Snapshot returns the snapshot of a key, and whether there is one.
	Snapshot(ctx context.Context, name, fingerprint, key string) (Snapshot, bool, error)

	// Fingerprints lists, sorted, the fingerprints under which a name has
	// snapshots or a checkpoint.
	Fingerprints(ctx context.Context, name string) ([]string, error)

	// Snapshots reads the snapshots of all keys, each once, in any order. The
	// sequence ends at the first error.
	Snapshots(ctx context.Context, name, fingerprint string) iter.Seq2[Snapshot, error]
}

// Snapshots saves snapshots. A [Store] may implement it; then the engine saves
// states there.
//
// A write waits for appends. It is interrupted, with an error, when appends
// wait for it, when its context ends and when the store closes. After an error
// the former snapshots are still there. A crash may undo writes, the last one
// first.
type Snapshots interface {
	SnapshotReader

	// SaveSnapshots saves all of some, or none. Each replaces the snapshot with
	// the same name, fingerprint and key. A view's snapshot, which has no
	// version, does not replace a later one. Call it with a few at a time. A
	// store may refuse a state that is too large to be written while appends
	// wait.
	SaveSnapshots(ctx context.Context, some ...Snapshot) error

	// SaveCheckpoint replaces a view's checkpoint. Call it after the snapshots
	// that it covers are saved.
	SaveCheckpoint(ctx context.Context, c Checkpoint) error

	// ForgetSnapshots removes the snapshots and checkpoints of each name and
	// fingerprint for which keep returns false, checkpoints first.
	ForgetSnapshots(ctx context.Context, keep func(name, fingerprint string) bool) error
}
