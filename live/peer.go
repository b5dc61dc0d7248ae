package live

import (
	"encoding/binary"
	"hash/crc32"

	"ironstar.dev/live/internal/delta"
)

// peer is what the decoder at the other end has been given. Frames are coded
// once for all; a peer only chooses which of their forms that decoder can take.
// It keeps no compressor and no history.
type peer struct {
	coding coding
	last   uint64 // the frame that the decoder put out last, nothing after it; 0 is none
	window int    // of the zstd frame that is open; 0 is none

	sum, size uint32 // gzip: checksum and length of all that was put out
}

// begin is what comes first: a text of at most 128 KiB.
func (p *peer) begin(text []byte) []byte {
	switch p.coding {
	case zstandard:
		return delta.AppendZstdFrame(nil, text)
	case gzipped:
		p.put(text)
		header := []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff} // RFC 1952: deflate, no name, no time
		return delta.AppendDeflate(header, nil, text)
	}
	return text
}

// show is the patch of a frame: the difference to the one before, if the decoder
// has just that, else all of it.
func (p *peer) show(f *frame) []byte {
	if p.coding == identity {
		return f.event
	}
	difference := f.differences[p.coding]
	if p.coding == gzipped {
		p.put(f.event)
	}
	goesOn := difference != nil && p.last == f.number-1
	p.last = f.number
	if p.coding == zstandard && goesOn && f.reach > p.window {
		goesOn = false
	}
	if goesOn {
		return difference
	}
	w := f.whole(p.coding)
	if p.coding == zstandard && p.window == 0 {
		p.window = w.window
		return w.bytes[len(delta.LastBlock):] // no frame is open
	}
	p.window = w.window
	return w.bytes
}

// alive is what says that the connection is. Compressed, it puts out nothing, so
// that the next difference still fits.
func (p *peer) alive() []byte {
	switch {
	case p.coding == gzipped:
		return delta.EmptyStored
	case p.coding == zstandard && p.window > 0:
		return delta.EmptyBlock
	case p.coding == zstandard:
		return skippable
	}
	return keepAlive
}

// skippable is a zstd frame that decoders pass over.
var skippable = []byte{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0}

// end is what a clean end needs.
func (p *peer) end() []byte {
	switch {
	case p.coding == gzipped:
		b := append([]byte(nil), delta.LastStored...)
		b = binary.LittleEndian.AppendUint32(b, p.sum)
		return binary.LittleEndian.AppendUint32(b, p.size)
	case p.coding == zstandard && p.window > 0:
		return delta.LastBlock
	}
	return nil
}

func (p *peer) put(text []byte) {
	p.sum = crc32.Update(p.sum, crc32.IEEETable, text)
	p.size += uint32(len(text))
}
