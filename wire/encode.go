package wire

import (
	"fmt"
	"reflect"
)

// Encoder returns a function that returns the JSON of a value of type T or *T, or
// nil if the value is nil. It returns an error for a value of another type.
func Encoder[T any](appendTo func([]byte, T) []byte) func(v any) ([]byte, error) {
	return func(v any) ([]byte, error) {
		switch v := v.(type) {
		case nil:
			return nil, nil
		case *T:
			if v == nil {
				return nil, nil
			}
			return appendTo(nil, *v), nil
		case T:
			return appendTo(nil, v), nil
		}
		return nil, fmt.Errorf("it is a %T; write a %v", v, reflect.TypeFor[T]())
	}
}
