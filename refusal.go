package ironstar

import (
	"errors"
	"fmt"
	"strings"
)

// Refusal is an aggregate's answer "no" to a command. It is not a failure.
// Generated code has one type for each refusal of a schema. Error returns a
// sentence for people.
type Refusal interface {
	error
	Code() string               // stable name: "NoSuchItem"
	AppendJSON(b []byte) []byte // the details as a JSON object
}

// Problem is one error in a value.
type Problem struct {
	Path    string // "lines[2].qty"; "" means the whole value
	Code    string // stable, for translations: "max_runes"
	Message string // a sentence for people, without the path: "At most 280 characters (there are 301)."

	// Params are the values in the message, for translations: {"max": 280,
	// "has": 301}. They are texts, numbers, bools and lists of texts, and must not
	// be changed.
	Params map[string]any

	Detail string // for logs and developers: "at most 280 characters (has 301)"; "" if Message says it
}

// String returns the path and the detail, for logs.
func (p Problem) String() string {
	text := p.Detail
	if text == "" {
		text = p.Message
	}
	if p.Path == "" {
		return text
	}
	return p.Path + ": " + text
}

// Invalid lists the errors in a value, in the order of its fields. A person can
// act on it.
type Invalid []Problem

func (v Invalid) Error() string {
	lines := make([]string, len(v))
	for i, p := range v {
		lines[i] = p.String()
	}
	return strings.Join(lines, "; ")
}

// ErrUnknownCommand means that an aggregate has no command of that name.
var ErrUnknownCommand = errors.New("unknown command")

// UnknownEvent is the decode error for an event type or schema version that
// this build does not have.
type UnknownEvent struct {
	Stream        Stream
	Position      Position
	Type          string
	SchemaVersion int
}

func (e *UnknownEvent) Error() string {
	return fmt.Sprintf("%s at %d: this build does not know event %s.v%d: run the newer build that wrote it, or add to the schema again what was removed from it (as retired, if nothing writes it any more)",
		e.Stream, e.Position, e.Type, e.SchemaVersion)
}

// AtField returns an error that refuses a command because of one of its fields. A page
// shows the refusal there. Everything else sees the refusal itself.
func AtField(field string, r Refusal) error { return &refusalAtField{field, r} }

type refusalAtField struct {
	field   string
	refusal Refusal
}

func (e *refusalAtField) Error() string { return e.refusal.Error() }
func (e *refusalAtField) Unwrap() error { return e.refusal }

// Field returns the name of the field in JSON.
func (e *refusalAtField) Field() string { return e.field }
