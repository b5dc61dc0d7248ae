package wire

import (
	"bytes"
	"errors"
	"fmt"

	"ironstar.dev"
)

// EventVersion identifies how a stored event is decoded.
type EventVersion struct {
	Type    string
	Version int
}

// Propose returns the proposal of an event that was checked with c and encoded
// into its [Checker.Buffer]. The error is an [ironstar.Invalid].
func Propose(s *ironstar.Shape, c *Checker, payload []byte) (ironstar.Proposed, error) {
	c.buffer = reusable(payload)
	payload = bytes.Clone(payload) // before c and its buffer are reused
	if err := c.finish(); err != nil {
		return ironstar.Proposed{}, fmt.Errorf("event %s.%s: %w", s.Kind, s.Type, err)
	}
	return ironstar.Proposed{
		Type: s.Type, SchemaVersion: s.SchemaVersion, Shape: s.Hash, Final: s.Final, Payload: payload,
	}, nil
}

// NoCommand is the error for a nil command. Only nil can get there, because
// command interfaces are sealed.
func NoCommand(kind string, c any) error {
	return fmt.Errorf("%w: %T is not a command of %s", ironstar.ErrUnknownCommand, c, kind)
}

// NoEvent is the error for a nil event. Only nil can get there, because event
// interfaces are sealed.
func NoEvent(kind string, e any) error { return fmt.Errorf("%T is not an event of %s", e, kind) }

// FinishEvent finishes the reading of a record's payload and returns d's errors.
func FinishEvent(r *ironstar.Record, d *Decoder) error {
	if err := d.finish(); err != nil {
		return misread(r, err)
	}
	return nil
}

// misread returns why a stored payload cannot be read, with advice.
func misread(r *ironstar.Record, err error) error {
	advice := "the schema of this version has changed since the event was stored: restore it and declare a new version for the change"
	if errors.As(err, new(*SyntaxError)) {
		advice = "the stored bytes are damaged: restore a backup of the store"
	}
	return unusable(r, err, advice)
}

func unusable(r *ironstar.Record, err error, advice string) error {
	return fmt.Errorf("%s at %d: event %s.v%d: %w (%s)", r.Stream, r.Position, r.Type, r.SchemaVersion, err, advice)
}

// Unreadable is the error for a record with an event or a version that this
// build does not have.
//
//go:noinline
func Unreadable(r *ironstar.Record) error {
	return &ironstar.UnknownEvent{Stream: r.Stream, Position: r.Position, Type: r.Type, SchemaVersion: r.SchemaVersion}
}
