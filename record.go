package ironstar

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"
)

// Proposed is an event on its way into a store: encoded, without a place yet.
type Proposed struct {
	Type          string // the event's name within its aggregate: "Added"
	SchemaVersion int    // the version of its shape: 1, 2, …
	Shape         string // hash of that shape, recorded with the first event of a version
	Payload       []byte // JSON text
	Final         bool   // nothing can be appended to the stream after it
}

// Record is one stored event. It is immutable: whoever holds one may read it
// from any goroutine and must not change Payload or Meta.
type Record struct {
	Position      Position
	Stream        Stream
	Sequence      Version // 1 for the first event of its stream
	Type          string
	SchemaVersion int
	Payload       []byte // JSON text
	Meta          []byte // JSON text; see Metadata
	RecordedAt    time.Time

	keeping atomic.Uint32 // what kept is: nothing yet, being written, there to stay
	kept    any           // what Decoded has made of the record, as keep says
}

const (
	writing = 1 + iota // others do not wait for it
	written
)

// Metadata is what is known about the command that led to an event. It is
// carried by the context and stored with each event of the append.
type Metadata struct {
	CommandID   string `json:"command,omitempty"`     // given by the client, scoped to the stream
	Correlation string `json:"correlation,omitempty"` // one id for all that follows from one cause
	Causation   string `json:"causation,omitempty"`   // what led to this directly
	Actor       string `json:"actor,omitempty"`       // who asked
	Session     string `json:"session,omitempty"`     // public id of the session it was asked in
	TraceParent string `json:"traceparent,omitempty"` // W3C trace context
}

// Metadata decodes what was stored about the command. It is decoded each time:
// few readers need it.
func (r *Record) Metadata() (Metadata, error) {
	var m Metadata
	if len(r.Meta) == 0 {
		return m, nil
	}
	if err := json.Unmarshal(r.Meta, &m); err != nil {
		return m, fmt.Errorf("metadata of %s at %d: %w", r.Stream, r.Position, err)
	}
	return m, nil
}

// Decoded returns what decode makes of a record, and keeps it, so that a record
// that many views read is decoded once. A record belongs to one aggregate and
// an aggregate has one decode function (G7), so there is one result to keep.
// The events are shared by all who ask: read them, do not change them.
func Decoded[E any](r *Record, decode func(*Record) ([]E, error)) ([]E, error) {
	if r.keeping.Load() == written {
		switch kept := r.kept.(type) {
		case *[1]E:
			return kept[:], nil
		case []E:
			return kept, nil
		}
	}
	events, err := decode(r)
	if err != nil {
		return nil, err
	}
	if r.keeping.CompareAndSwap(0, writing) {
		r.kept = keep(events)
		r.keeping.Store(written)
	}
	return events, nil
}

// keep is what is kept of events. Nearly all records stand for one event, of
// which a pointer is enough, and to keep a pointer allocates nothing.
func keep[E any](events []E) any {
	if len(events) == 1 {
		return (*[1]E)(events)
	}
	return events
}
