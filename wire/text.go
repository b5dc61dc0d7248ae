package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

// Most of JSON is inside of strings, and most of a string means itself. So
// strings are looked at a word, eight bytes, at a time, with arithmetic that
// does the same to each byte of it and without a branch for any.

const (
	wordSize = 8
	ones     = 0x0101010101010101 // times b is b in every byte
	tops     = 0x80 * ones        // the bit that ASCII characters do not have
)

// wordAt is the word at s[i], its first byte the lowest. The compiler makes one
// load of it.
func wordAt(s string, i int) uint64 {
	s = s[i : i+wordSize]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// specials finds the bytes of a word that do not stand for themselves in a JSON
// string: quotes, backslashes and control characters. Of its bits only the
// lowest counts, with [first]; it is 0 if there is no such byte.
//
// Taking n away from an ASCII character sets its top bit if it is below n. So
// does ^2 before, which keeps control characters among themselves and makes the
// quote the one below 0x21 with them; and what is no ASCII has the bit already.
// A byte that is below takes one from its neighbour above, of which the bit
// says nothing then.
func specials(w uint64) uint64 {
	quoteOrControl := (w ^ 2*ones) - 0x21*ones
	backslash := (w ^ '\\'*ones) - ones
	return (quoteOrControl | backslash) &^ w & tops
}

// first is which byte of a word has the first of these bits.
func first(bit uint64) int { return bits.TrailingZeros64(bit) / 8 }

// plainTo goes over the bytes of s from i on that stand for themselves and
// returns where they end. If any of them is no ASCII, seen has bits of tops.
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

// text reads a string token. The next byte is its quote.
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

// valid is the part of the source that is a string's contents.
func (d *Decoder) valid(start, end int, seen uint64) string {
	s := d.src[start:end]
	if seen&tops != 0 && !validUTF8(s) {
		d.broken(notUTF8)
		return ""
	}
	return s
}

// validUTF8 is [utf8.ValidString], made for characters of two bytes among ASCII,
// as in most languages of Europe. It takes less time than that for these, and
// leaves the rest to it as soon as there are others.
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

// unescape goes on at i, behind a plain beginning, when a string holds escapes
// or what is not allowed in one. Each word is copied as a whole before it is
// known how much of it is plain: copying exactly that much takes longer.
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
			if d.folded && r == utf8.RuneError {
				d.Problem("utf8", "it was not valid UTF-8 when it was written")
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
			d.broken("a control character in a string")
			return ""
		default: // one of the last bytes of the source
			seen |= uint64(c)
			out = append(out, c)
			i++
		}
	}
	d.broken("a string has no end")
	return ""
}

// escape reads a \u at the start of s, the one escape sequence that is not
// among escaped. A size of 0 is an error, already noted.
func (d *Decoder) escape(s string) (r rune, size int) {
	if len(s) < 2 {
		d.broken("a string has no end")
		return 0, 0
	}
	if s[1] != 'u' {
		d.broken("unknown escape \\%c", s[1])
		return 0, 0
	}
	high := hex4(s[2:])
	if high < 0 {
		d.broken("\\u wants four hexadecimal digits")
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
	d.broken("half of a surrogate pair")
	return 0, 0
}

// escaped is what the bytes behind a backslash stand for, 0 if they do not.
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
