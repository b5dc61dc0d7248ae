package ironstar

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"
)

// Proposed is an encoded event that is not stored yet.
type Proposed struct {
	Type          string // the event's name within its aggregate: "Added"
	SchemaVersion int    // the version of its shape: 1, 2, …
	Shape         string // hash of that shape, recorded with the first event of a version
	Payload       []byte // JSON text
	Final         bool   // the stream ends with it

	Claims []Claim // that it takes or gives up, in this order; at most MaxClaims
}

// check refuses an event that must not be stored.
func (p *Proposed) check() error {
	switch {
	case p.Type == "":
		return errors.New("event has no type")
	case len(p.Type) > MaxEventType || !isName(p.Type):
		return fmt.Errorf("event type %.140q must be UTF-8 without white space and control characters, at most %d bytes long", p.Type, MaxEventType)
	case len(p.Shape) > MaxEventType || !isName(p.Shape):
		return fmt.Errorf("shape %.140q of %s must be UTF-8 without white space and control characters, at most %d bytes long", p.Shape, p.Type, MaxEventType)
	case p.SchemaVersion < 1 || p.SchemaVersion > math.MaxInt32:
		return fmt.Errorf("%s has schema version %d, want 1 or more", p.Type, p.SchemaVersion)
	case len(p.Claims) > MaxClaims:
		return fmt.Errorf("%s has %d claims, at most %d", p.Type, len(p.Claims), MaxClaims)
	}
	for i := range p.Claims {
		if err := p.Claims[i].check(); err != nil {
			return err
		}
	}
	return nil
}

// Record is one stored event. It is immutable: any goroutine may read it, and
// Payload and Meta must not be changed.
type Record struct {
	Position      Position
	Stream        Stream
	Sequence      Version // 1 for the first event of its stream
	Type          string
	SchemaVersion int
	Payload       []byte // JSON text
	Meta          []byte // JSON text; see Metadata
	RecordedAt    time.Time
	Final         bool // nothing follows it in its stream; see Proposed.Final

	decodedState atomic.Uint32 // 0 (nothing decoded yet) or one of the constants below
	decoded      any           // the result of Decoded, in the form that boxed returns
}

// Values of Record.decodedState.
const (
	decodedWriting = 1 + iota // other goroutines do not wait for the result
	decodedWritten
)

// Metadata describes the command that led to an event. It is stored with each
// event of the append.
type Metadata struct {
	CommandID   string `json:"command,omitempty"`     // unique within the stream; over HTTP the client's key, and the session after a blank
	Correlation string `json:"correlation,omitempty"` // shared by everything that follows from one cause
	Causation   string `json:"causation,omitempty"`   // the direct cause
	Actor       string `json:"actor,omitempty"`       // the user who sent the command
	Session     string `json:"session,omitempty"`     // public id of the session
	TraceParent string `json:"traceparent,omitempty"` // W3C trace context
}

// check refuses metadata that must not be stored.
func (m *Metadata) check() error {
	for _, field := range [...]struct{ name, text string }{
		{"command", m.CommandID}, {"correlation", m.Correlation}, {"causation", m.Causation},
		{"actor", m.Actor}, {"session", m.Session}, {"traceparent", m.TraceParent},
	} {
		if len(field.text) > MaxMetadata || !utf8.ValidString(field.text) || strings.ContainsFunc(field.text, unicode.IsControl) {
			return fmt.Errorf("metadata %s %.280q must be UTF-8 without control characters, at most %d bytes long", field.name, field.text, MaxMetadata)
		}
	}
	return nil
}

// Metadata decodes the stored metadata. It decodes at each call, because few
// readers need it.
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

// WithoutPayload returns a copy for code that must not see what is secret in the
// payload.
func (r *Record) WithoutPayload() *Record {
	return &Record{Position: r.Position, Stream: r.Stream, Sequence: r.Sequence, Type: r.Type, SchemaVersion: r.SchemaVersion,
		Meta: r.Meta, RecordedAt: r.RecordedAt, Final: r.Final}
}

// Decoded returns what decode returns for a record. The record stores the
// result, so a record that many views read is decoded once. There is only one
// result, because a record belongs to one aggregate and an aggregate has one
// decode function (G7). All callers share the events and must not change them.
func Decoded[E any](r *Record, decode func(*Record) ([]E, error)) ([]E, error) {
	if r.decodedState.Load() == decodedWritten {
		switch events := r.decoded.(type) {
		case *[1]E:
			return events[:], nil
		case []E:
			return events, nil
		}
	}
	events, err := decode(r)
	if err != nil {
		return nil, err
	}
	if r.decodedState.CompareAndSwap(0, decodedWriting) {
		r.decoded = boxed(events)
		r.decodedState.Store(decodedWritten)
	}
	return events, nil
}

// boxed stores events in one interface value. Nearly all records decode to one
// event, and storing a pointer to it does not allocate.
func boxed[E any](events []E) any {
	if len(events) == 1 {
		return (*[1]E)(events)
	}
	return events
}
