package wire

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"ironstar.dev"
)

// Name writes the name of a field, in an object that was begun, and the comma
// before it. The name is written as it is: it needs no escapes.
//
//go:noinline
func Name(b []byte, name string) []byte {
	if b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	b = append(b, '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

// BeginObject begins an object.
//
//go:noinline
func BeginObject(b []byte) []byte { return append(b, '{') }

// EndObject ends it.
//
//go:noinline
func EndObject(b []byte) []byte { return append(b, '}') }

// Raw writes JSON text.
//
//go:noinline
func Raw(b []byte, json string) []byte { return append(b, json...) }

// AppendString writes a JSON string. Each byte of invalid UTF-8, which [Checker]
// refuses before an event is stored, becomes \ufffd: an escape that nothing else
// is written as, so that reading a state ([Folded]) can tell.
func AppendString(b []byte, s string) []byte {
	i, seen := plainTo(s, 0)
	if i < len(s) {
		return appendSpecial(b, s, i)
	}
	if seen&tops != 0 && !validUTF8(s) {
		return appendBroken(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

// appendSpecial is AppendString for what has bytes that need an escape, the
// first of them at i.
func appendSpecial(b []byte, s string, i int) []byte {
	if !validUTF8(s) {
		return appendBroken(b, s)
	}
	b = append(append(b, '"'), s[:i]...)
	for i < len(s) {
		if i <= len(s)-wordSize {
			w := wordAt(s, i)
			b = binary.LittleEndian.AppendUint64(b, w)
			found := specials(w)
			if found == 0 {
				i += wordSize
				continue
			}
			plain := first(found)
			b = b[:len(b)-wordSize+plain]
			i += plain
		}
		if c := s[i]; isPlain(c) {
			b = append(b, c)
		} else {
			b = appendEscaped(b, c)
		}
		i++
	}
	return append(b, '"')
}

// appendBroken is AppendString for what is no UTF-8.
func appendBroken(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, replaced...)
		case size == 1 && !isPlain(s[i]):
			b = appendEscaped(b, s[i])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return append(b, '"')
}

// replaced is what a byte that is no UTF-8 is written as.
const replaced = `\ufffd`

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	const hex = "0123456789abcdef"
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

// AppendInt writes an integer.
//
//go:noinline
func AppendInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// AppendNumber writes a float64 with the fewest digits that read back the same.
// [Checker] refuses NaN and infinities before an event is stored; they become
// null, which no number is read from.
func AppendNumber(b []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(b, "null"...)
	}
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(b, f, format, -1, 64)
}

// AppendBool writes true or false.
//
//go:noinline
func AppendBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

// AppendTime writes an RFC 3339 time with as many digits of a second as needed.
//
//go:noinline
func AppendTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// AppendDate writes a day.
//
//go:noinline
func AppendDate(b []byte, d ironstar.Date) []byte {
	return append(append(append(b, '"'), d.String()...), '"')
}

// AppendDecimal writes a decimal as a string.
//
//go:noinline
func AppendDecimal(b []byte, d ironstar.Decimal) []byte {
	return append(append(append(b, '"'), d.String()...), '"')
}

// AppendUUID writes a UUID.
//
//go:noinline
func AppendUUID(b []byte, u ironstar.UUID) []byte { return append(u.Append(append(b, '"')), '"') }

// AppendList writes a list; nil is an empty one.
//
//go:noinline
func AppendList[T any](b []byte, items []T, elem func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = elem(b, item)
	}
	return append(b, ']')
}

// AppendMap writes a map, its keys sorted; nil is an empty one.
//
//go:noinline
func AppendMap[K ~string, V any](b []byte, items map[K]V, elem func([]byte, V) []byte) []byte {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(items)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(AppendString(b, string(key)), ':')
		b = elem(b, items[key])
	}
	return append(b, '}')
}

// AppendEnum writes one of a set of strings.
func AppendEnum[T ~string](b []byte, v T) []byte { return AppendString(b, string(v)) }

// AppendEnumInt writes one of a set of integers.
func AppendEnumInt[T ~int64](b []byte, v T) []byte { return AppendInt(b, int64(v)) }
