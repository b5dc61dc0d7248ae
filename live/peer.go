package live

import (
	"bytes"
	"hash/crc32"

	"ironstar.dev/live/internal/delta"
)

// peer is what the decoder at the other end of a connection has received.
// Frames are coded once for all connections. A peer chooses the form that its
// decoder can take. It needs no compressor and no history.
type peer struct {
	coding coding
	last   uint64 // number of the last frame in the decoder's output; 0 if none
	window int    // of the zstd frame that is open; 0 if none

	sum, size uint32 // gzip: checksum and length of the decoder's output
}

// begin returns the first bytes of the connection. text has at most 128 KiB.
func (p *peer) begin(text []byte) []byte {
	switch p.coding {
	case zstandard:
		return delta.AppendZstdFrame(nil, text)
	case gzipped:
		p.addToChecksum(text)
		return delta.AppendDeflate(bytes.Clone(gzipHeader), nil, text)
	}
	return text
}

// patch returns the patch of a frame: the difference from the frame before if
// the decoder has that one, otherwise the full frame.
func (p *peer) patch(f *frame) []byte {
	followsLast := p.last == f.number-1
	p.last = f.number
	switch p.coding {
	case gzipped:
		p.addToChecksum(f.event)
		if d := f.differences[gzipped]; d != nil && followsLast {
			return d
		}
		return f.full(gzipped).bytes
	case zstandard:
		if d := f.differences[zstandard]; d != nil && followsLast && f.reach <= p.window {
			return d
		}
		return p.newZstdFrame(f)
	}
	return f.event
}

// newZstdFrame ends the open zstd frame, if there is one, and begins another
// that holds all of f.
func (p *peer) newZstdFrame(f *frame) []byte {
	w := f.full(zstandard)
	b := w.bytes
	if p.window == 0 { // none is open
		b = b[len(delta.LastBlock):]
	}
	p.window = w.window
	return b
}

// keepAlive returns the bytes of a keep-alive. In a compressed feed they are a
// block that holds the comment: from a block that decodes to nothing, scripts in
// a page get nothing to read. After it the decoder's output ends with the keep-alive, so the next
// patch is sent in full.
func (p *peer) keepAlive() []byte {
	p.last = 0
	switch {
	case p.coding == gzipped:
		p.addToChecksum(keepAlive)
		return keepAliveDeflate
	case p.coding == zstandard && p.window > 0:
		return keepAliveBlock
	case p.coding == zstandard:
		return keepAliveFrame
	}
	return keepAlive
}

// The forms of a keep-alive.
var (
	keepAliveDeflate = delta.AppendDeflate(nil, nil, keepAlive)
	keepAliveBlock   = delta.AppendZstdRaw(nil, keepAlive)
	keepAliveFrame   = delta.AppendZstdFrame(nil, keepAlive)
)

// end returns the bytes that end the coding.
func (p *peer) end() []byte {
	switch {
	case p.coding == gzipped:
		return appendGzipEnd(nil, p.sum, p.size)
	case p.coding == zstandard && p.window > 0:
		return delta.LastBlock
	}
	return nil
}

func (p *peer) addToChecksum(text []byte) {
	p.sum = crc32.Update(p.sum, crc32.IEEETable, text)
	p.size += uint32(len(text))
}
