package wire

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"ironstar.dev"
)

// Upcast returns the current events of a record with an older version or of a
// retired event. old was read with d; lift converts it.
func Upcast[T, E any](r *ironstar.Record, d *Decoder, old T, lift func(T) ([]E, error)) ([]E, error) {
	if err := d.finish(); err != nil {
		return nil, misread(r, err)
	}
	events, err := lift(old)
	if err != nil {
		return nil, unusable(r, err, "a step from its version to the current one fails: an upcaster must accept everything that was stored")
	}
	return events, nil
}

// UpcastWith is Lifted for upcasters with hand-written methods.
func UpcastWith[B, T, E any](r *ironstar.Record, d *Decoder, by B, old T, lift func(B, T) ([]E, error)) ([]E, error) {
	return Upcast(r, d, old, func(old T) ([]E, error) { return lift(by, old) })
}

// ErrOverflow means that an upcaster's arithmetic has no result within 64 bits.
var ErrOverflow = errors.New("a number computed by an upcaster is out of range")

// fit returns n if ok. Otherwise it sets err, unless err is set already.
func fit(err *error, n int64, ok bool) int64 {
	if !ok && *err == nil {
		*err = ErrOverflow
	}
	return n
}

// Add returns a+b.
func Add(err *error, a, b int64) int64 {
	return fit(err, a+b, (a+b > a) == (b > 0))
}

// Sub returns a-b.
func Sub(err *error, a, b int64) int64 {
	return fit(err, a-b, (a-b < a) == (b > 0))
}

// Mul returns a*b.
func Mul(err *error, a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	n := a * b
	return fit(err, n, n/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64))
}

// Quo returns a/b, rounded towards zero. b is not 0.
func Quo(err *error, a, b int64) int64 {
	if a == math.MinInt64 && b == -1 {
		return fit(err, a, false)
	}
	return a / b
}

// Rem returns the remainder of [Quo], with the sign of a.
func Rem(_ *error, a, b int64) int64 { return a % b }

// Div returns a/b as CUE's div does, so that [Mod] is never negative.
func Div(err *error, a, b int64) int64 {
	q := Quo(err, a, b)
	if Rem(err, a, b) < 0 {
		if b > 0 {
			return q - 1
		}
		return q + 1
	}
	return q
}

// Mod returns the remainder of [Div], which is not negative.
func Mod(err *error, a, b int64) int64 {
	m := Rem(err, a, b)
	if m < 0 {
		if b > 0 {
			return m + b
		}
		return m - b
	}
	return m
}

// Is reports whether a value of a union is the case T.
func Is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}

// Has reports whether a map has a key.
func Has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// Within reports whether a list has an element i.
func Within[T any](list []T, i int64) bool { return i >= 0 && i < int64(len(list)) }

// IsInt reports whether [Int] can read a text.
func IsInt(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// Int returns the number of a text for which [IsInt] is true.
func Int(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// DecimalOf returns an integer as a decimal.
func DecimalOf(n int64) ironstar.Decimal {
	d, err := ironstar.ParseDecimal(strconv.FormatInt(n, 10))
	if err != nil {
		panic(err) // cannot happen: the digits of an integer are a decimal
	}
	return d
}

// Step is one conversion of an event, for tests and tools: from JSON of one
// version to JSON of the next, or to the events that replace a retired one.
type Step struct {
	Event   string
	Version int  // of the old payload
	Hand    bool // a hand-written method makes a part of the result
	Parts   bool // it converts the last version of a retired event

	// Up reads an old payload and returns the converted payload. For the last
	// version of a retired event it returns an object {"Event.v1": payload} for
	// each event. It needs no store.
	Up func(payload []byte) ([][]byte, error)
}

// Hop returns Step.Up for a step to the next version.
func Hop[T, U any](read func(*Decoder) T, up func(T) (U, error), write func([]byte, U) []byte) func([]byte) ([][]byte, error) {
	return func(payload []byte) ([][]byte, error) {
		old, err := Decode(payload, read)
		if err != nil {
			return nil, err
		}
		v, err := up(old)
		if err != nil {
			return nil, err
		}
		return [][]byte{write(nil, v)}, nil
	}
}

// Part makes one of the events that replace a retired one, for [Split]. label
// is "Event.v1".
func Part[T, U any](label string, up func(T) (U, error), write func([]byte, U) []byte) func(T) ([][]byte, error) {
	return func(old T) ([][]byte, error) {
		v, err := up(old)
		if err != nil {
			return nil, err
		}
		return [][]byte{labelled(label, write(nil, v))}, nil
	}
}

// HandParts makes all events that a hand-written method returns for a retired event,
// for [Split].
func HandParts[T, E any](up func(T) ([]E, error), encode func(E) (ironstar.Proposed, error)) func(T) ([][]byte, error) {
	return func(old T) ([][]byte, error) {
		events, err := up(old)
		if err != nil {
			return nil, err
		}
		var out [][]byte
		for _, e := range events {
			p, err := encode(e)
			if err != nil {
				return nil, err
			}
			out = append(out, labelled(fmt.Sprintf("%s.v%d", p.Type, p.SchemaVersion), p.Payload))
		}
		return out, nil
	}
}

func labelled(label string, payload []byte) []byte {
	b := BeginObject(nil)
	b = append(Name(b, label), payload...)
	return EndObject(b)
}

// Split returns Step.Up for the last step of a retired event.
func Split[T any](read func(*Decoder) T, parts ...func(T) ([][]byte, error)) func([]byte) ([][]byte, error) {
	return func(payload []byte) ([][]byte, error) {
		old, err := Decode(payload, read)
		if err != nil {
			return nil, err
		}
		var out [][]byte
		for _, part := range parts {
			made, err := part(old)
			if err != nil {
				return nil, err
			}
			out = append(out, made...)
		}
		return out, nil
	}
}
