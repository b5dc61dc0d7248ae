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
	// ErrConflict: a stream is not at the expected version. Load and decide again.
	ErrConflict = errors.New("version conflict")
	// ErrFinal: the stream's last event was final; nothing can follow it.
	ErrFinal = errors.New("stream is final")
	// ErrTaken: another stream holds a value that must be unique. [TakenError] wraps it.
	ErrTaken = errors.New("another stream has this value")
	// ErrCommandReused: the command id was used before, for something else.
	ErrCommandReused = errors.New("command id was used for another command")
	// ErrRetryable: nothing was stored; the same append may succeed later.
	ErrRetryable = errors.New("not stored, try again")
	// ErrUnknown: the append may or may not be stored. Ask again with the same
	// command id.
	ErrUnknown = errors.New("not known whether it was stored")
	// ErrDamaged: the store no longer holds what was written. A retry does not help.
	// The append was not stored, unless the error also wraps ErrUnknown.
	ErrDamaged = errors.New("what is stored is damaged; restore it from a backup")
	// ErrShape: the store holds events of this version with another shape.
	ErrShape = errors.New("event shape differs from what is stored")
	// ErrClosed: the store is closed.
	ErrClosed = errors.New("store is closed")
)

// ConflictError holds the actual version of a stream. It wraps [ErrConflict].
type ConflictError struct {
	Stream   Stream // the append's own, or one that it requires
	Expected Version
	Actual   Version
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s has version %d, expected %d", e.Stream, e.Actual, e.Expected)
}

func (e *ConflictError) Unwrap() error { return ErrConflict }

// Append asks a store to add events to one stream, all of them or none (G2).
type Append struct {
	Stream   Stream
	Expected Version // the version of the state that the decision was based on; 0 for a new stream
	Events   []Proposed
	Metadata Metadata

	// Requires are other streams whose states the decision was based on as well. If
	// one of them has another version, nothing is stored and the outcome is a
	// [ConflictError] of that stream. At most MaxRequires.
	Requires []Required

	// Request is a hash of the request under Metadata.CommandID. The same id with
	// another Request is ErrCommandReused. Without an id, Request is ignored.
	Request [32]byte
}

// Required is a stream and the version that it must have; 0 if it must not exist.
type Required struct {
	Stream  Stream
	Version Version
}

// Bounds of an append. Stored events can never be deleted.
const (
	MaxEventType = 128      // bytes of an event's type, and of the hash of its shape
	MaxMetadata  = 256      // bytes of each text of Metadata
	MaxAppend    = 32 << 20 // bytes of all payloads of an append, and 256 for each event
	MaxRequires  = 16       // other streams that an append requires
)

// Check refuses an append that no store may accept: names and metadata that are
// too long, not UTF-8 or hold control characters, a schema version below 1, too
// many bytes, an event after a final one. Stores also refuse payloads that are not
// JSON. The error wraps [ErrStream] if a stream's name is wrong, and [ErrFinal]
// if an event follows a final one.
func (a *Append) Check() error {
	if err := a.Stream.Check(); err != nil {
		return err
	}
	if err := a.checkRequires(); err != nil {
		return err
	}
	size := 0
	for i := range a.Events {
		e := &a.Events[i]
		if e.Final && i < len(a.Events)-1 {
			return fmt.Errorf("%w: event %d of %d, %s, is final but not the last", ErrFinal, i+1, len(a.Events), e.Type)
		}
		if err := e.check(); err != nil {
			return fmt.Errorf("event %d of %d: %w", i+1, len(a.Events), err)
		}
		if size += 256 + len(e.Payload); size > MaxAppend {
			return fmt.Errorf("the append is larger than %d bytes", MaxAppend)
		}
	}
	return a.Metadata.check()
}

func (a *Append) checkRequires() error {
	if n := len(a.Requires); n > MaxRequires {
		return fmt.Errorf("the append requires %d streams, at most %d", n, MaxRequires)
	}
	for _, r := range a.Requires {
		if err := r.Stream.Check(); err != nil {
			return fmt.Errorf("required stream: %w", err)
		}
		if r.Stream == a.Stream {
			return fmt.Errorf("the append requires %s, its own stream: that is what Expected is for", r.Stream)
		}
	}
	return nil
}

// Receipt says where the events of an append are stored.
type Receipt struct {
	First   Position // position of the first event; 0 if there was nothing to store
	Last    Position // position of the last event; without events, of the stream's last event
	Version Version  // version of the stream after the append
}

// Outcome is the result of one append of a batch.
type Outcome struct {
	Receipt Receipt
	Err     error // nil, or wraps an error of this package; any other error: it was not stored, and a retry cannot succeed
}

// Store is an append-only log of events. All methods may be called from any
// goroutine.
//
// Positions belong to the store: compare them, add nothing to them.
//
// sqlite.Store is the implementation. It assumes one server per file; a store
// for several servers satisfies the same interface and ironstartest.StoreSuite.
type Store interface {
	// Append checks each append in order and stores those that fit, if possible in
	// one transaction. It returns an outcome for each, after the events are durable
	// (G1).
	//
	// A refused append does not affect the others, with one exception: a later
	// append that expects the version after it conflicts, even if events of another
	// caller have led to that version. Streams that an append requires are compared
	// as the appends before it leave them.
	//
	// An append whose command id is stored for its stream, or occurs earlier in the
	// batch, gets the first receipt (G6). The id is checked before the version.
	//
	// If ctx ends before the store takes up the batch, nothing is stored and the
	// outcomes wrap ErrRetryable. Later, ctx has no effect.
	Append(ctx context.Context, batch ...Append) []Outcome

	// Command returns the receipt of a stored command, and whether it is stored.
	// The error wraps ErrCommandReused if it is stored with another request.
	Command(ctx context.Context, s Stream, id string, request [32]byte) (Receipt, bool, error)

	// Stream reads the records of one stream after a version, in order. The
	// sequence ends with the stream's end as it was when reading began.
	Stream(ctx context.Context, s Stream, after Version) iter.Seq2[*Record, error]

	// Log reads all records after a position, in order, and ends at the head
	// as it was when reading began. A consumer may stop at any time.
	//
	// A store may read ahead of its consumer, a bounded number of records, in
	// goroutines that end with the sequence. prepare is called with each record
	// before it is yielded, in any order and in several goroutines, also with
	// records that are never yielded because the consumer stops. It is for work
	// such as decoding, and must not panic.
	Log(ctx context.Context, after Position, prepare ...func(*Record)) iter.Seq2[*Record, error]

	// Follow reads all records after a position and then waits for more, until
	// ctx ends (which is not an error) or reading fails.
	Follow(ctx context.Context, after Position) iter.Seq2[*Record, error]

	// Head returns the position of the last stored event, 0 if there are no events.
	Head(ctx context.Context) (Position, error)

	Claims
	Processes

	// LogID returns the random name that the log got when it was created. Copies and
	// backups have the same name.
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
	Now     func() time.Time // its zone and monotonic reading are taken away
	NewUUID func() UUID
	Actor   string
	Session string
}
