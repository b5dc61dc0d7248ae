package ironstar

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Position is a place in the whole log. The first event has position 1, the
// next 2, with no gap; 0 is the place before the first event.
type Position int64

// Version is the number of events in one stream; 0 is a stream without events.
// The event that brings a stream to version n has sequence n.
type Version int64

// Stream names one aggregate's events.
type Stream struct {
	Kind string // the aggregate, with its context: "todo.List"
	ID   string // which one of its kind
}

// MaxStreamID is the longest stream id, in bytes.
const MaxStreamID = 128

// ErrStream is returned for a stream whose name cannot be stored.
var ErrStream = errors.New("invalid stream")

func (s Stream) String() string { return s.Kind + "/" + s.ID }

// Check refuses names that are empty, too long, not UTF-8, or hold white space
// or control characters. The error wraps [ErrStream].
func (s Stream) Check() error {
	if s.Kind == "" || s.ID == "" {
		return fmt.Errorf("%w: kind %q and id %q must not be empty", ErrStream, s.Kind, s.ID)
	}
	if len(s.Kind) > MaxStreamID || len(s.ID) > MaxStreamID {
		return fmt.Errorf("%w: names are at most %d bytes long", ErrStream, MaxStreamID)
	}
	for _, name := range []string{s.Kind, s.ID} {
		odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
		if !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
			return fmt.Errorf("%w: %q has white space, control characters or broken UTF-8", ErrStream, name)
		}
	}
	return nil
}
