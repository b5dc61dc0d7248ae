package ironstar

import (
	"errors"
	"fmt"
	"strings"
)

// Refusal is an aggregate's "no": an answer, not a failure. Generated code
// makes one type for each refusal of a schema; Error is a sentence for people.
type Refusal interface {
	error
	Code() string               // stable name: "NoSuchItem"
	AppendJSON(b []byte) []byte // its details as a JSON object
}

// Problem is one thing that is wrong with a value.
type Problem struct {
	Path    string // where: "lines[2].qty"; "" is the whole value
	Code    string // stable, for translations: "max_runes"
	Message string // for people, without the path: "at most 280 characters (has 301)"
}

func (p Problem) String() string {
	if p.Path == "" {
		return p.Message
	}
	return p.Path + ": " + p.Message
}

// Invalid lists what is wrong with a value, in the order of its fields. It is
// an error that a person can act on.
type Invalid []Problem

func (v Invalid) Error() string {
	lines := make([]string, len(v))
	for i, p := range v {
		lines[i] = p.String()
	}
	return strings.Join(lines, "; ")
}

// ErrUnknownCommand is returned for a command name that an aggregate does not have.
var ErrUnknownCommand = errors.New("unknown command")

// UnknownEvent is the decode error for an event type or schema version that
// this build does not know.
type UnknownEvent struct {
	Stream        Stream
	Position      Position
	Type          string
	SchemaVersion int
}

func (e *UnknownEvent) Error() string {
	return fmt.Sprintf("%s at %d: this build does not know event %s.v%d: run the newer build that wrote it, or give the schema back what it lost (retired, if nothing writes it any more)",
		e.Stream, e.Position, e.Type, e.SchemaVersion)
}
