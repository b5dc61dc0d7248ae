package wire

import (
	"errors"
	"fmt"

	"ironstar.dev"
)

// Actions returns actions as the engine takes them.
func Actions[A any](all []A, as func(A) ironstar.Action) []ironstar.Action {
	if len(all) == 0 {
		return nil
	}
	out := make([]ironstar.Action, len(all))
	for i, a := range all {
		out[i] = as(a)
	}
	return out
}

// Readable returns a function that reports whether JSON can be read as a T.
func Readable[T any](read func(*Decoder) T, check func(*Checker, T)) func([]byte) error {
	return func(data []byte) error {
		_, err := DecodeChecked(data, read, check)
		return err
	}
}

// CommandFrom converts a function that reads the commands of an aggregate.
func CommandFrom[C any](parse func(name string, body []byte, o ironstar.Origin) (C, error)) func(string, []byte, ironstar.Origin) (any, error) {
	return func(name string, data []byte, o ironstar.Origin) (any, error) { return parse(name, data, o) }
}

// NoTimer is the error for a timer that a process does not have.
func NoTimer(process, timer string) error {
	return fmt.Errorf("process %s has no timer %s", process, timer)
}

// ErrNoAnswer is the error for an effect whose handler returns neither an answer nor an
// error.
var ErrNoAnswer = errors.New("the handler returned neither an answer nor an error")
