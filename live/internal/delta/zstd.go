package delta

import (
	"encoding/binary"
	"math/bits"
)

// LastBlock ends a frame. It decodes to nothing.
var LastBlock = []byte{1, 0, 0}

const (
	maxBlock = 128 << 10 // bytes that one block may decode to

	rawBlock, codedBlock = 0, 2
)

// AppendZstdHeader begins a frame without checksum and of unknown length. Its
// blocks may refer to the last window bytes of output. window is a power of two
// of at least 128 KiB; browsers accept up to 8 MiB.
func AppendZstdHeader(b []byte, window int) []byte {
	exponent := byte(bits.TrailingZeros(uint(window)) - 10)
	return append(b, 0x28, 0xb5, 0x2f, 0xfd, 0, exponent<<3)
}

// AppendZstdRaw adds an uncompressed block. text has at most 128 KiB.
func AppendZstdRaw(b, text []byte) []byte {
	return append(appendBlockHeader(b, rawBlock, len(text)), text...)
}

// AppendZstdStored adds a text of any length in uncompressed blocks.
func AppendZstdStored(b, text []byte) []byte {
	for len(text) > 0 {
		n := min(len(text), maxBlock)
		b, text = AppendZstdRaw(b, text[:n]), text[n:]
	}
	return b
}

// AppendZstdFrame adds a frame of one uncompressed block.
func AppendZstdFrame(b, text []byte) []byte {
	b = AppendZstdHeader(b, maxBlock)
	at := len(b)
	b = AppendZstdRaw(b, text)
	b[at] |= LastBlock[0]
	return b
}

func appendBlockHeader(b []byte, kind, size int) []byte {
	v := uint32(size<<3 | kind<<1)
	return append(b, byte(v), byte(v>>8), byte(v>>16))
}

// AppendZstd adds blocks that decode to text, for decoders whose last output
// was old. The window of their frame must cover both texts.
func AppendZstd(b, old, text []byte) []byte {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.match(old, text, len(old)+len(text))
	steps, at := s.steps, 0
	for at < len(text) {
		var block []step
		size := 0
		block, steps, size = cut(steps)
		b = s.appendZstdBlock(b, block, text[at:at+size])
		at += size
	}
	return b
}

// cut splits off the steps of one block. It divides a step that is too long for
// the block. Each part of a divided copy has at least four bytes.
func cut(steps []step) (block, rest []step, size int) {
	for i, st := range steps {
		room := maxBlock - size
		if st.literals+st.length <= room {
			size += st.literals + st.length
			continue
		}
		first := step{literals: min(st.literals, room), distance: st.distance}
		if room -= first.literals; room >= 8 {
			first.length = min(room, st.length-4)
		}
		size += first.literals + first.length
		block = append(append(block, steps[:i]...), first)
		steps[i].literals -= first.literals
		steps[i].length -= first.length
		return block, steps[i:], size
	}
	return steps, nil, size
}

// appendZstdBlock writes one block: uncompressed literals, and steps in the
// predefined tables. It never uses the codes for recent offsets, because
// decoders that got different pieces have different ones.
func (s *scratch) appendZstdBlock(b []byte, steps []step, text []byte) []byte {
	sequences := len(steps)
	for sequences > 0 && steps[sequences-1].length == 0 {
		sequences-- // its literals follow the last sequence
	}
	if sequences == 0 {
		return AppendZstdRaw(b, text)
	}
	s.out = appendLiterals(s.out[:0], steps, text)
	s.out = appendSequences(s.out, steps[:sequences])
	if len(s.out) >= len(text) { // decoders refuse blocks that are larger than what they decode to
		return AppendZstdRaw(b, text)
	}
	return append(appendBlockHeader(b, codedBlock, len(s.out)), s.out...)
}

func appendLiterals(b []byte, steps []step, text []byte) []byte {
	size := 0
	for _, st := range steps {
		size += st.literals
	}
	switch {
	case size < 1<<5:
		b = append(b, byte(size<<3))
	case size < 1<<12:
		b = binary.LittleEndian.AppendUint16(b, uint16(size<<4|1<<2))
	default:
		v := uint32(size<<4 | 3<<2)
		b = append(b, byte(v), byte(v>>8), byte(v>>16))
	}
	for _, st := range steps {
		b = append(b, text[:st.literals]...)
		text = text[st.literals+st.length:]
	}
	return b
}

func appendSequences(b []byte, steps []step) []byte {
	switch n := len(steps); {
	case n < 128:
		b = append(b, byte(n))
	case n < 0x7f00:
		b = append(b, byte(n>>8+128), byte(n))
	default:
		n -= 0x7f00
		b = append(b, 255, byte(n), byte(n>>8))
	}
	w := bitWriter{b: append(b, 0)} // mode byte 0: all three tables are predefined
	// Decoders read backwards from the end, so the last sequence is written
	// first, and the parts of each sequence in reverse order.
	var literals, lengths, offsets int
	for i := len(steps) - 1; i >= 0; i-- {
		ll := literalCodes.of(steps[i].literals)
		ml := lengthCodes.of(steps[i].length)
		of := offsetCode(steps[i].distance)
		if i == len(steps)-1 {
			literals, lengths, offsets = literalTable.any(ll.code), lengthTable.any(ml.code), offsetTable.any(of.code)
		} else {
			offsets = offsetTable.back(&w, of.code, offsets)
			lengths = lengthTable.back(&w, ml.code, lengths)
			literals = literalTable.back(&w, ll.code, literals)
		}
		w.add(ll.extra, ll.bits)
		w.add(ml.extra, ml.bits)
		w.add(of.extra, of.bits)
	}
	w.add(lengths, lengthTable.log)
	w.add(offsets, offsetTable.log)
	w.add(literals, literalTable.log)
	w.add(1, 1) // the end marker
	return w.flush()
}

// bitWriter fills bytes from their lowest bit.
type bitWriter struct {
	b    []byte
	held uint64
	n    int // bits in held
}

func (w *bitWriter) add(v, n int) {
	w.held |= uint64(v) << w.n
	for w.n += n; w.n >= 8; w.n -= 8 {
		w.b = append(w.b, byte(w.held))
		w.held >>= 8
	}
}

// flush writes the last, incomplete byte.
func (w *bitWriter) flush() []byte {
	if w.n > 0 {
		w.b = append(w.b, byte(w.held))
		w.held, w.n = 0, 0
	}
	return w.b
}

// AppendZstdBlocks adds the blocks of a complete frame without checksum, so
// that they continue the frame that b holds.
func AppendZstdBlocks(b, frame []byte) []byte {
	const single, magic = 1 << 5, 4
	descriptor := frame[magic]
	header := magic + 1 + []int{0, 1, 2, 4}[descriptor&3] + []int{0, 2, 4, 8}[descriptor>>6]
	if descriptor&single == 0 {
		header++ // the window descriptor
	} else if descriptor>>6 == 0 {
		header++ // a content size of one byte
	}
	start := len(b)
	b = append(b, frame[header:]...)
	for at := start; at < len(b); {
		v := int(b[at]) | int(b[at+1])<<8 | int(b[at+2])<<16
		b[at] &^= 1 // clear the flag of the last block
		size := v >> 3
		if v>>1&3 == 1 {
			size = 1 // an RLE block: one byte
		}
		at += 3 + size
	}
	return b
}
