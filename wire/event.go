package wire

import (
	"fmt"

	"ironstar.dev"
)

// EventVersion is what a stored event's bytes are decoded by.
type EventVersion struct {
	Type    string
	Version int
}

// Propose checks an event and encodes it; check may be nil. The error is an [ironstar.Invalid].
func Propose[E any](s *ironstar.Shape, e E, check func(*Checker, E), write func([]byte, E) []byte) (ironstar.Proposed, error) {
	if check != nil {
		if err := Check(e, check); err != nil {
			return ironstar.Proposed{}, fmt.Errorf("event %s.%s: %w", s.Kind, s.Type, err)
		}
	}
	return ironstar.Proposed{
		Type:          s.Type,
		SchemaVersion: s.SchemaVersion,
		Shape:         s.Hash,
		Payload:       write(nil, e),
	}, nil
}

// ProposeFinal is Propose for an event that nothing can follow.
func ProposeFinal[E any](s *ironstar.Shape, e E, check func(*Checker, E), write func([]byte, E) []byte) (ironstar.Proposed, error) {
	p, err := Propose(s, e, check, write)
	p.Final = err == nil
	return p, err
}

// NoCommand is the error of deciding nothing: command interfaces are sealed, so
// it can only be nil.
func NoCommand(kind string, c any) error {
	return fmt.Errorf("%w: %T is not a command of %s", ironstar.ErrUnknownCommand, c, kind)
}

// NoEvent is the error of encoding nothing: event interfaces are sealed, so it
// can only be nil.
func NoEvent(kind string, e any) error { return fmt.Errorf("%T is not an event of %s", e, kind) }

// Stored decodes a record's payload as the event type V, one of the sum E.
func Stored[E, V any](r *ironstar.Record, read func(*Decoder) V) ([]E, error) {
	v, err := Decode(r.Payload, read)
	if err != nil {
		return nil, fmt.Errorf("%s at %d: event %s.v%d: %w", r.Stream, r.Position, r.Type, r.SchemaVersion, err)
	}
	return []E{any(v).(E)}, nil
}

// Unreadable is the error for a record whose event or version this build does
// not know.
func Unreadable(r *ironstar.Record) error {
	return &ironstar.UnknownEvent{Stream: r.Stream, Position: r.Position, Type: r.Type, SchemaVersion: r.SchemaVersion}
}
