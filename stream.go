package ironstar

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Position is the position of an event in the whole log. The first event has
// position 1, the next 2, without gaps. 0 means before the first event.
type Position int64

// Version is the number of events in one stream; 0 is a stream without events.
// The event that brings a stream to version n has sequence n.
type Version int64

// Stream names the events of one aggregate instance.
//
// An id has 1 to [MaxStreamID] bytes of letters, marks and digits of any script
// and of -._~:@+. It does not begin with a mark or a dot, and it is in
// Unicode's normal form C, so that an address can contain it. Requests are
// normalized to that form, and a store begins no stream with another id.
// Streams with other ids, from before this rule, can be read and appended to,
// but have no address.
type Stream struct {
	Kind string // the aggregate, with its context: "todo.List"
	ID   string // of the instance
}

// MaxStreamID is the longest stream id, in bytes.
const MaxStreamID = 128

// ErrStream means that a stream's name cannot be stored.
var ErrStream = errors.New("invalid stream")

func (s Stream) String() string { return s.Kind + "/" + s.ID }

// CheckNew refuses ids that a new stream must not have. It does not check the
// normal form, which the standard library cannot do; the store checks that. The
// error wraps [ErrStream].
func (s Stream) CheckNew() error {
	if err := s.Check(); err != nil {
		return err
	}
	first, _ := utf8.DecodeRuneInString(s.ID)
	odd := func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-._~:@+", r)
	}
	if strings.ContainsFunc(s.ID, odd) || first == '.' || unicode.IsMark(first) {
		return fmt.Errorf("%w: an id has letters, marks, digits and -._~:@+, and does not begin with a mark or a dot; this is %+q", ErrStream, s.ID)
	}
	return nil
}

// Check refuses names that no stream can have: names that are empty, too long
// or not UTF-8, or that contain white space or control characters. The error
// wraps [ErrStream].
func (s Stream) Check() error {
	if s.Kind == "" || s.ID == "" {
		return fmt.Errorf("%w: kind %q and id %q must not be empty", ErrStream, s.Kind, s.ID)
	}
	if len(s.Kind) > MaxStreamID || len(s.ID) > MaxStreamID {
		return fmt.Errorf("%w: names are at most %d bytes long", ErrStream, MaxStreamID)
	}
	for _, name := range []string{s.Kind, s.ID} {
		if !isName(name) {
			return fmt.Errorf("%w: %q has white space, control characters or broken UTF-8", ErrStream, name)
		}
	}
	return nil
}

// isName reports whether a text is UTF-8 without white space and control
// characters.
func isName(text string) bool {
	odd := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
	return utf8.ValidString(text) && !strings.ContainsFunc(text, odd)
}
