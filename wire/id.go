package wire

import (
	"errors"
	"fmt"

	"ironstar.dev"
)

// CheckID returns why a text cannot be an id of a kind of aggregate, or nil if
// it can. The error wraps [ironstar.ErrStream].
func CheckID[T any](kind, id string, read func(*Decoder) T, check func(*Checker, T)) error {
	_, err := DecodeChecked(AppendString(nil, id), read, check)
	if err == nil {
		return nil
	}
	var invalid ironstar.Invalid
	if errors.As(err, &invalid) {
		err = errors.New(invalid.Error())
	}
	return fmt.Errorf("%w: not an id of %s: %w", ironstar.ErrStream, kind, err)
}
