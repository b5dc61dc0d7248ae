package wire

import (
	"bytes"
	"errors"
	"fmt"

	"ironstar.dev"
)

// EventVersion is what a stored event's bytes are decoded by.
type EventVersion struct {
	Type    string
	Version int
}

// Propose makes a proposal of an event that was checked with c and encoded into
// its [Checker.Buffer]. The error is an [ironstar.Invalid].
func Propose(s *ironstar.Shape, c *Checker, payload []byte) (ironstar.Proposed, error) {
	c.buffer = kept(payload)
	payload = bytes.Clone(payload) // before c rests, and another takes its buffer
	if err := c.finish(); err != nil {
		return ironstar.Proposed{}, fmt.Errorf("event %s.%s: %w", s.Kind, s.Type, err)
	}
	return ironstar.Proposed{
		Type: s.Type, SchemaVersion: s.SchemaVersion, Shape: s.Hash, Final: s.Final, Payload: payload,
	}, nil
}

// NoCommand is the error of deciding nothing: command interfaces are sealed, so
// it can only be nil.
func NoCommand(kind string, c any) error {
	return fmt.Errorf("%w: %T is not a command of %s", ironstar.ErrUnknownCommand, c, kind)
}

// NoEvent is the error of encoding nothing: event interfaces are sealed, so it
// can only be nil.
func NoEvent(kind string, e any) error { return fmt.Errorf("%T is not an event of %s", e, kind) }

// Stored ends the reading of a record's payload, with d.
func Stored(r *ironstar.Record, d *Decoder) error {
	if err := d.finish(); err != nil {
		return misread(r, err)
	}
	return nil
}

// misread says why a stored payload cannot be read, and how to go on.
func misread(r *ironstar.Record, err error) error {
	advice := "the schema of this version is not what it was when the event was stored: put it back, and write a new version for what is new"
	if errors.As(err, new(*SyntaxError)) {
		advice = "the stored bytes are damaged: restore a backup of the store"
	}
	return unusable(r, err, advice)
}

func unusable(r *ironstar.Record, err error, advice string) error {
	return fmt.Errorf("%s at %d: event %s.v%d: %w (%s)", r.Stream, r.Position, r.Type, r.SchemaVersion, err, advice)
}

// Unreadable is the error for a record whose event or version this build does
// not know.
//
//go:noinline
func Unreadable(r *ironstar.Record) error {
	return &ironstar.UnknownEvent{Stream: r.Stream, Position: r.Position, Type: r.Type, SchemaVersion: r.SchemaVersion}
}
