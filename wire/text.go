package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Most of JSON is inside strings, and most characters of a string need no
// escape. So strings are read in words of eight bytes, with arithmetic that
// acts on each byte and without a branch for each byte.

const (
	wordSize = 8
	ones     = 0x0101010101010101 // ones*b has b in every byte
	tops     = 0x80 * ones        // the top bit of each byte, which ASCII characters do not have
)

// wordAt returns the word at s[i], with the first byte in the lowest position.
// The compiler makes one load of it.
func wordAt(s string, i int) uint64 {
	s = s[i : i+wordSize]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// specials finds the bytes of a word that need an escape in a JSON string:
// quotes, backslashes and control characters. It sets bits in those bytes, and
// 0 means that there are none. Only the lowest bit is reliable; use [first].
//
// Subtracting n from an ASCII character sets its top bit if the character is
// below n. XOR with 2 before that keeps control characters below 0x20 and makes
// the quote the only other character below 0x21. Other bytes than ASCII have
// the top bit already and are masked out. A byte that is below n borrows from
// the byte above it, so the bit of that byte is not reliable.
func specials(w uint64) uint64 {
	quoteOrControl := (w ^ 2*ones) - 0x21*ones
	backslash := (w ^ '\\'*ones) - ones
	return (quoteOrControl | backslash) &^ w & tops
}

// first returns which byte of a word has the lowest of these bits.
func first(bit uint64) int { return bits.TrailingZeros64(bit) / 8 }

// plainTo returns the end of the bytes of s from i that need no escape. If one
// of them is not ASCII, seen has bits of tops.
func plainTo(s string, i int) (end int, seen uint64) {
	for ; i <= len(s)-wordSize; i += wordSize {
		w := wordAt(s, i)
		seen |= w
		if found := specials(w); found != 0 {
			return i + first(found), seen
		}
	}
	for ; i < len(s) && isPlain(s[i]); i++ {
		seen |= uint64(s[i])
	}
	return i, seen
}

func isPlain(c byte) bool { return c >= ' ' && c != '"' && c != '\\' }

const notUTF8 = "invalid UTF-8"

// text reads a string token. The next byte is its opening quote.
func (d *Decoder) text() string {
	start := d.at + 1
	end, seen := plainTo(d.src, start)
	if end == len(d.src) || d.src[end] != '"' {
		d.at = start
		return d.unescape(start, end, seen)
	}
	d.at = end + 1
	return d.valid(start, end, seen)
}

// valid returns the content of a string as a part of the source.
func (d *Decoder) valid(start, end int, seen uint64) string {
	s := d.src[start:end]
	if seen&tops != 0 && !validUTF8(s) {
		d.syntaxError(notUTF8)
		return ""
	}
	return s
}

// validUTF8 is [utf8.ValidString] with a fast path for characters of two bytes
// among ASCII, as in most European languages. It calls utf8.ValidString if
// there are other characters.
func validUTF8(s string) bool {
	for i := 0; i < len(s); {
		if i <= len(s)-wordSize {
			beyond := wordAt(s, i) & tops
			if beyond == 0 {
				i += wordSize
				continue
			}
			i += first(beyond)
		} else if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		from := i
		for i+1 < len(s) && 0xc2 <= s[i] && s[i] < 0xe0 && s[i+1]&0xc0 == 0x80 {
			i += 2
		}
		if i == from {
			return utf8.ValidString(s[i:])
		}
	}
	return true
}

// unescape reads the rest of a string from i, after a beginning without
// escapes. It copies whole words before it knows how many of their bytes need
// no escape: copying the exact number takes longer.
func (d *Decoder) unescape(start, i int, seen uint64) string {
	src := d.src
	out := append(d.scratch[:0], src[start:i]...)
	for i < len(src) {
		if i <= len(src)-wordSize {
			w := wordAt(src, i)
			seen |= w
			out = binary.LittleEndian.AppendUint64(out, w)
			found := specials(w)
			if found == 0 {
				i += wordSize
				continue
			}
			plain := first(found)
			out = out[:len(out)-wordSize+plain]
			i += plain
		}
		switch c := src[i]; {
		case c == '\\' && i+1 < len(src) && escaped[src[i+1]] != 0:
			d.at = i
			out = append(out, escaped[src[i+1]])
			i += 2
		case c == '\\':
			d.at = i
			r, size := d.escape(src[i:])
			if size == 0 {
				return ""
			}
			if d.isState && r == utf8.RuneError {
				d.report(problem("utf8", nil, problemUTF8().Message, "it was not valid UTF-8 when it was written"))
			}
			out = utf8.AppendRune(out, r)
			i += size
		case c == '"':
			d.at, d.scratch = i+1, out
			if d.valid(start, i, seen) == "" {
				return ""
			}
			return string(out)
		case c < ' ':
			d.at = i
			d.syntaxError("a control character in a string")
			return ""
		default: // one of the last bytes of the source
			seen |= uint64(c)
			out = append(out, c)
			i++
		}
	}
	d.syntaxError("a string has no end")
	return ""
}

// escape reads an escape sequence that is not in escaped: a \u at the start of
// s. A size of 0 means that an error was reported.
func (d *Decoder) escape(s string) (r rune, size int) {
	if len(s) < 2 {
		d.syntaxError("a string has no end")
		return 0, 0
	}
	if s[1] != 'u' {
		d.syntaxError("unknown escape \\%c", s[1])
		return 0, 0
	}
	high := hex4(s[2:])
	if high < 0 {
		d.syntaxError("\\u wants four hexadecimal digits")
		return 0, 0
	}
	if !utf16.IsSurrogate(high) {
		return high, 6
	}
	if len(s) >= 8 && s[6] == '\\' && s[7] == 'u' {
		if r := utf16.DecodeRune(high, hex4(s[8:])); r != utf8.RuneError {
			return r, 12
		}
	}
	d.syntaxError("half of a surrogate pair")
	return 0, 0
}

// escaped maps the character after a backslash to its meaning, 0 if there is
// none.
var escaped = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func hex4(s string) rune {
	if len(s) < 4 {
		return -1
	}
	var r rune
	for _, c := range []byte(s[:4]) {
		switch {
		case '0' <= c && c <= '9':
			r = r<<4 | rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	return r
}
