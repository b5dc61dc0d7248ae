package wire

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"ironstar.dev"
)

// Lifted is what a record of an older version, or of a retired event, stands
// for: what read, which was read with d, is lifted to.
func Lifted[T, E any](r *ironstar.Record, d *Decoder, old T, lift func(T) ([]E, error)) ([]E, error) {
	if err := d.finish(); err != nil {
		return nil, misread(r, err)
	}
	events, err := lift(old)
	if err != nil {
		return nil, unusable(r, err, "a step from its version to today's fails: an upcaster must take whatever was stored")
	}
	return events, nil
}

// LiftedBy is Lifted with the hand-written side of the upcasters.
func LiftedBy[B, T, E any](r *ironstar.Record, d *Decoder, by B, old T, lift func(B, T) ([]E, error)) ([]E, error) {
	return Lifted(r, d, old, func(old T) ([]E, error) { return lift(by, old) })
}

// ErrOverflow is why an upcaster that computes fails: the result is beyond 64
// bits, or there is none.
var ErrOverflow = errors.New("a number computed by an upcaster is out of range")

// fit is n, if it fits; otherwise err says so, unless it says something already.
func fit(err *error, n int64, ok bool) int64 {
	if !ok && *err == nil {
		*err = ErrOverflow
	}
	return n
}

// Add is a+b.
func Add(err *error, a, b int64) int64 {
	return fit(err, a+b, (a+b > a) == (b > 0))
}

// Sub is a-b.
func Sub(err *error, a, b int64) int64 {
	return fit(err, a-b, (a-b < a) == (b > 0))
}

// Mul is a*b.
func Mul(err *error, a, b int64) int64 {
	if a == 0 || b == 0 {
		return 0
	}
	n := a * b
	return fit(err, n, n/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64))
}

// Quo is a/b, towards zero; Rem is what is left. b is not 0.
func Quo(err *error, a, b int64) int64 {
	if a == math.MinInt64 && b == -1 {
		return fit(err, a, false)
	}
	return a / b
}

// Rem is what [Quo] leaves, with the sign of a.
func Rem(_ *error, a, b int64) int64 { return a % b }

// Div is a/b as CUE's div has it: such that [Mod] is never negative.
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

// Mod is what [Div] leaves, from 0 up.
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

// AddNumbers is a+b, computed with the digits that a and b are written with in
// JSON: 0.1+0.2 is 0.3.
func AddNumbers(err *error, a, b float64) float64 { return exact(err, (*big.Rat).Add, a, b) }

// SubNumbers is a-b.
func SubNumbers(err *error, a, b float64) float64 { return exact(err, (*big.Rat).Sub, a, b) }

// MulNumbers is a*b.
func MulNumbers(err *error, a, b float64) float64 { return exact(err, (*big.Rat).Mul, a, b) }

// QuoNumbers is a/b. b is not 0.
func QuoNumbers(err *error, a, b float64) float64 { return exact(err, (*big.Rat).Quo, a, b) }

func exact(err *error, op func(z, a, b *big.Rat) *big.Rat, a, b float64) float64 {
	f, _ := op(new(big.Rat), digits(a), digits(b)).Float64()
	if math.IsInf(f, 0) {
		fit(err, 0, false)
	}
	return f
}

// digits is a number as it is written in JSON.
func digits(f float64) *big.Rat {
	r, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'g', -1, 64))
	return r
}

// Has says whether a map has a key.
func Has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// Within says whether a list has an element i.
func Within[T any](list []T, i int64) bool { return i >= 0 && i < int64(len(list)) }

// IsInt says whether [Int] can read a text.
func IsInt(s string) bool {
	_, err := strconv.ParseInt(s, 10, 64)
	return err == nil
}

// Int is the number that a text says, for which [IsInt] holds.
func Int(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// DecimalOf is a whole number as a decimal.
func DecimalOf(n int64) ironstar.Decimal {
	d, err := ironstar.ParseDecimal(strconv.FormatInt(n, 10))
	if err != nil {
		panic(err) // the digits of an int are a decimal
	}
	return d
}

// Step is one step in the life of an event, for tests and tools: how JSON of a
// version becomes JSON of the next, or of the events that a retired one is read
// as.
type Step struct {
	Event   string
	Version int  // of the old payload
	Hand    bool // a hand-written method makes some of it
	Parts   bool // it leads out of the last version of a retired event

	// Up reads an old payload and returns what it is made into: one payload, or
	// for the last version of a retired event an object {"Event.v1": payload}
	// for each part. It needs no store.
	Up func(payload []byte) ([][]byte, error)
}

// Hop makes the function of a [Step] to the next version.
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

// Part makes one part of what a retired event is read as, for [Split]: label is
// "Event.v1".
func Part[T, U any](label string, up func(T) (U, error), write func([]byte, U) []byte) func(T) ([][]byte, error) {
	return func(old T) ([][]byte, error) {
		v, err := up(old)
		if err != nil {
			return nil, err
		}
		return [][]byte{labelled(label, write(nil, v))}, nil
	}
}

// Made is all that a hand-written method makes of a retired event, for [Split].
func Made[T, E any](up func(T) ([]E, error), encode func(E) (ironstar.Proposed, error)) func(T) ([][]byte, error) {
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

// Split makes the function of the last [Step] of a retired event.
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
