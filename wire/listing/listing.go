// Package listing makes the texts by which rows of list views are sorted and found,
// for generated code.
//
// A text that is sorted by has the order of the values: byte by byte, it is smaller
// exactly if the value is. The text of a value that is absent is "", which is smaller
// than all others.
package listing

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"ironstar.dev"
)

// Optional returns the text of a value that may be absent.
func Optional[T any](v *T, text func(T) string) string {
	if v == nil {
		return ""
	}
	return text(*v)
}

// Copy returns a pointer to a copy of a value that may be absent.
func Copy[T any](v *T) *T {
	if v == nil {
		return nil
	}
	return Some(*v)
}

// Some returns a pointer to a value.
func Some[T any](v T) *T { return &v }

// Same returns a text that is equal if the texts are equal.
func Same[T ~string](s T) string { return "=" + string(s) }

// SameID is Same for an id.
func SameID(u ironstar.UUID) string { return "=" + string(u[:]) }

// Actor returns the text of a user. Without one it is equal to no text.
func Actor(actor string) string {
	if actor == "" {
		return "\x00"
	}
	return Same(actor)
}

// maxText is how many bytes of a text are compared.
const maxText = 96

// Text returns a text that is sorted by without regard to case and marks. Long texts
// are compared by their beginning.
func Text(s string) string {
	f := fold(s)
	if len(f) > maxText {
		f = strings.ToValidUTF8(f[:maxText], "")
	}
	return " " + f
}

// Bool returns the text of a bool: false is smaller.
func Bool(b bool) string {
	if b {
		return "1"
	}
	return "0"
}

// Int returns the text of an integer.
func Int[T ~int64](n T) string {
	return string(binary.BigEndian.AppendUint64(nil, uint64(n)^1<<63))
}

// Duration returns the text of a length of time.
func Duration(d time.Duration) string { return Int(d) }

// Number returns the text of a number. Minus zero is zero.
func Number(f float64) string {
	bits := math.Float64bits(f + 0)
	if f < 0 {
		bits = ^bits
	} else {
		bits ^= 1 << 63
	}
	return string(binary.BigEndian.AppendUint64(nil, bits))
}

// Time returns the text of a point in time.
func Time(t time.Time) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(t.Unix())^1<<63)
	return string(binary.BigEndian.AppendUint32(b, uint32(t.Nanosecond())))
}

// Date returns the text of a day.
func Date(d ironstar.Date) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(d.Year<<9|int(d.Month)<<5|d.Day)))
}

// Enum returns the text of a value of an enum: its place among the known values.
func Enum[T comparable](v T, known []T) string {
	return string(binary.BigEndian.AppendUint16(nil, uint16(slices.Index(known, v)+1)))
}

// Decimal returns the text of a decimal number. Equal numbers have equal texts: 1.50
// is 1.5.
func Decimal(d ironstar.Decimal) string {
	digits, negative := strings.CutPrefix(d.String(), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	fraction = strings.TrimRight(fraction, "0")
	if whole == "0" && fraction == "" {
		return "1"
	}
	// Longer whole numbers are larger. Zero has no digits.
	if whole == "0" {
		whole = ""
	}
	b := appendLength([]byte("2"), len(whole))
	b = append(append(b, whole...), fraction...)
	if negative {
		b = append(b, '0'-1) // a longer fraction is a smaller number
		for i := range b {
			b[i] = ^b[i]
		}
		b[0] = '0'
	}
	return string(b)
}

// appendLength adds a length in few bytes, because a filter looks at the first eight. A
// longer one is larger.
func appendLength(b []byte, n int) []byte {
	if n < 0xff {
		return append(b, byte(n))
	}
	return binary.BigEndian.AppendUint32(append(b, 0xff), uint32(n))
}

// Words returns the words of a text, each between blanks, as [ironstar.HasWords]
// compares them.
func Words(s string) string {
	words := split(s)
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}

// maxWords is how many words a search may have.
const maxWords = 12

// Search returns the words of a search.
func Search(s string) []string {
	words := split(s)
	return words[:min(len(words), maxWords)]
}

func split(s string) []string {
	return strings.FieldsFunc(fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
}

// fold takes away case, marks and forms of characters that are the same to people
// who search.
func fold(s string) string {
	if isPlain(s) {
		return strings.ToLower(s)
	}
	s = norm.NFKD.String(s)
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, s)
	return norm.NFKD.String(cases.Fold().String(s))
}

func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
