package ironstar

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"
)

// Errors of a store. [ConflictError] wraps ErrConflict.
var (
	// ErrConflict: the stream is not at the expected version. Load and decide again.
	ErrConflict = errors.New("version conflict")
	// ErrFinal: the stream's last event was final; nothing can follow it.
	ErrFinal = errors.New("stream is final")
	// ErrCommandReused: the command id was used before, for something else.
	ErrCommandReused = errors.New("command id was used for another command")
	// ErrRetryable: nothing was stored; the same append may succeed later.
	ErrRetryable = errors.New("not stored, try again")
	// ErrUnknown: the append may or may not be stored. Ask again with the same
	// command id.
	ErrUnknown = errors.New("not known whether it was stored")
	// ErrShape: the store holds events of this version with another shape.
	ErrShape = errors.New("event shape differs from what is stored")
	// ErrClosed: the store is closed.
	ErrClosed = errors.New("store is closed")
)

// ConflictError says what version a stream really has. It wraps [ErrConflict].
type ConflictError struct {
	Stream   Stream
	Expected Version
	Actual   Version
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("append to %s: expected version %d, is %d", e.Stream, e.Expected, e.Actual)
}

func (e *ConflictError) Unwrap() error { return ErrConflict }

// Append asks a store to add events to one stream, all of them or none (G2).
type Append struct {
	Stream   Stream
	Expected Version // the version that was decided upon; 0 for a new stream
	Events   []Proposed
	Metadata Metadata

	// Request is a hash of what was asked under Metadata.CommandID. The same
	// id with another Request is ErrCommandReused; it is ignored without an id.
	Request [32]byte
}

// Receipt tells what an append became.
type Receipt struct {
	First   Position // of the append's first event; 0 if there was nothing to store
	Last    Position // of its last event; without events, the stream's last
	Version Version  // of the stream, after the append
}

// Outcome is what became of one append of a batch.
type Outcome struct {
	Receipt Receipt
	Err     error // nil, or wraps one of the errors of this package; any other: not stored, and never will be as it is
}

// Store is an append-only log of events. All methods may be called from any
// goroutine.
//
// Positions belong to the store: compare them, add nothing to them.
//
// sqlite.Store is the implementation. It assumes one server per file; a store
// for several servers satisfies the same interface and ironstartest.StoreSuite.
type Store interface {
	// Append stores each element on its own, in order, if it can in one
	// transaction, and returns one outcome for each. A refused append does not
	// touch its neighbours. A later one that builds on it, expecting the version
	// to which it would have led, conflicts, even if another writer's events have
	// led there.
	// An append whose command id is already stored for its stream gets the
	// first receipt (G6), also within one batch, and before its version is
	// checked. It returns after the events are durable (G1).
	//
	// When ctx ends before the batch is taken up, nothing is stored and the
	// outcomes wrap ErrRetryable; after that it is carried to its end.
	Append(ctx context.Context, batch ...Append) []Outcome

	// Command returns the receipt of a stored command, and whether there is one.
	// The error wraps ErrCommandReused if its request was another.
	Command(ctx context.Context, s Stream, id string, request [32]byte) (Receipt, bool, error)

	// Stream reads the records of one stream after a version, in order. The
	// sequence ends with the stream's end as it was when reading began.
	Stream(ctx context.Context, s Stream, after Version) iter.Seq2[*Record, error]

	// Log reads all records after a position, in order, and ends at the head
	// as it was when reading began. A consumer may stop at any time.
	//
	// A store may read ahead of its consumer, a bounded number of records, in
	// goroutines that end with the sequence. Where a record is read, prepare is
	// called with it, and has returned when the record is yielded: for work such
	// as decoding that needs no order. It runs in several goroutines, also for
	// records that a consumer who stops never sees, and must not panic.
	Log(ctx context.Context, after Position, prepare ...func(*Record)) iter.Seq2[*Record, error]

	// Follow reads all records after a position and then waits for more, until
	// ctx ends (which is not an error) or reading fails.
	Follow(ctx context.Context, after Position) iter.Seq2[*Record, error]

	// Head is the position of the last stored event, 0 for none.
	Head(ctx context.Context) (Position, error)

	// LogID is a random name given to the log when it was made. It stays with
	// copies and backups of it.
	LogID() string

	// Close waits for appends under way and releases the store.
	Close() error
}

// Shape names the bytes of one event version, for the check at start that
// code and stored events agree.
type Shape struct {
	Kind          string // aggregate
	Type          string // event
	SchemaVersion int
	Hash          string
	Final         bool // nothing can follow the event

	Retired bool     // the event is no longer written; Becomes says what it is read as
	Becomes []string // on the last version: "Added.v1", …, or the method that makes it; none: nothing
}

// Origin is what is known at the boundary when a command arrives. Generated
// code fills fields marked @inject from it.
type Origin struct {
	Now     func() time.Time
	NewUUID func() UUID
	Actor   string
	Session string
}

type metadataKey struct{}

type requestKey struct{}

// WithMetadata returns a context whose commands are stored with m.
func WithMetadata(ctx context.Context, m Metadata) context.Context {
	return context.WithValue(ctx, metadataKey{}, m)
}

// MetadataOf returns what WithMetadata put into ctx, or the zero value.
func MetadataOf(ctx context.Context) Metadata {
	m, _ := ctx.Value(metadataKey{}).(Metadata)
	return m
}

// WithRequest returns a context that carries the hash of what was asked, for
// [Append.Request].
func WithRequest(ctx context.Context, hash [32]byte) context.Context {
	return context.WithValue(ctx, requestKey{}, hash)
}

// RequestOf returns what WithRequest put into ctx, or zeroes.
func RequestOf(ctx context.Context) [32]byte {
	h, _ := ctx.Value(requestKey{}).([32]byte)
	return h
}
