package delta

import "math/bits"

// LastStored ends a deflate stream.
var LastStored = []byte{1, 0, 0, 0xff, 0xff}

// DeflateWindow is how many bytes back copies in deflate reach at most. If the old
// text is longer, hardly any copy reaches what it would need.
const DeflateWindow = 32 << 10

const (
	maxCopy    = 258
	endOfBlock = 256
	maxStored  = 1<<16 - 1 // bytes of one uncompressed block
)

// AppendDeflateStored adds a text of any length in uncompressed blocks. b must end
// at a byte boundary, and so do they.
func AppendDeflateStored(b, text []byte) []byte {
	for len(text) > 0 {
		n := min(len(text), maxStored)
		b = append(b, 0, byte(n), byte(n>>8), ^byte(n), ^byte(n>>8))
		b, text = append(b, text[:n]...), text[n:]
	}
	return b
}

// AppendDeflate adds blocks that decode to text, for decoders whose last output
// was old. They end at a byte boundary. Copies reach back at most 32 KiB.
func AppendDeflate(b, old, text []byte) []byte {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.match(old, text, DeflateWindow)
	w := bitWriter{b: b}
	w.add(0b010, 3) // not the last block; fixed codes
	for _, st := range s.steps {
		for _, c := range text[:st.literals] {
			w.letter(int(c))
		}
		text = text[st.literals+st.length:]
		for left := st.length; left > 0; {
			n := min(left, maxCopy)
			if rest := left - n; 0 < rest && rest < 3 {
				n -= 3 // copies have at least three bytes
			}
			w.copy(n, st.distance)
			left -= n
		}
	}
	w.letter(endOfBlock)
	w.add(0, 3) // an empty stored block, to end at a byte boundary
	return append(w.flush(), 0, 0, 0xff, 0xff)
}

// letter writes a literal, or the code of a length, in the fixed codes (RFC
// 1951, 3.2.6). Their highest bit comes first.
func (w *bitWriter) letter(c int) {
	code, n := 0, 8
	switch {
	case c < 144:
		code = 0x30 + c
	case c < 256:
		code, n = 0x190+c-144, 9
	case c < 280:
		code, n = c-256, 7
	default:
		code = 0xc0 + c - 280
	}
	w.add(int(bits.Reverse16(uint16(code))>>(16-n)), n)
}

func (w *bitWriter) copy(length, distance int) {
	if length == maxCopy {
		w.letter(285)
	} else {
		l := deflateLengths.of(length)
		w.letter(257 + l.code)
		w.add(l.extra, l.bits)
	}
	d := deflateDistances.of(distance)
	w.add(int(bits.Reverse8(uint8(d.code))>>3), 5)
	w.add(d.extra, d.bits)
}

// RFC 1951, 3.2.5. The longest length has a code of its own.
var (
	deflateLengths   = newCodes(3, 8, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5)
	deflateDistances = newCodes(1, 4, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13)
)
