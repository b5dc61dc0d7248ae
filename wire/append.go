package wire

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"ironstar.dev"
)

// Name writes the name of a field of an open object, and the comma before it if
// needed. name must need no escapes.
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

// BeginObject writes {.
//
//go:noinline
func BeginObject(b []byte) []byte { return append(b, '{') }

// EndObject writes }.
//
//go:noinline
func EndObject(b []byte) []byte { return append(b, '}') }

// Raw writes JSON text.
//
//go:noinline
func Raw(b []byte, json string) []byte { return append(b, json...) }

// AppendString writes a JSON string. [Checker] refuses invalid UTF-8 before an
// event is stored. In a state each invalid byte becomes the escape \ufffd,
// which is written for nothing else, so [FinishState] can detect it.
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

// appendSpecial is AppendString for a string with bytes that need an escape,
// the first of them at i.
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

// appendBroken is AppendString for a string that is not UTF-8.
func appendBroken(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, invalidByte...)
		case size == 1 && !isPlain(s[i]):
			b = appendEscaped(b, s[i])
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return append(b, '"')
}

// invalidByte is written for a byte that is not UTF-8.
const invalidByte = `\ufffd`

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

// AppendNumber writes a float64 with the fewest digits that read back as the
// same number. [Checker] refuses NaN and infinities before an event is stored.
// In a state they become null, which is not read as a number.
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

// AppendList writes a list; nil becomes an empty list.
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

// AppendMap writes a map with sorted keys; nil becomes an empty object.
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
