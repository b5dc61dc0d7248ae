package live

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/live/internal/delta"
)

// coding is how the bytes of a feed or document travel.
type coding int

// The codings, the best one last.
const (
	identity coding = iota
	gzipped
	zstandard

	codings // how many there are
)

func (c coding) String() string { return [codings]string{"identity", "gzip", "zstd"}[c] }

// codingOf chooses a coding by an Accept-Encoding header (RFC 9110, 12.5.3):
// the one with the highest weight, and among equal weights the best one. A
// client that accepts none of our codings, not even identity, gets identity.
func codingOf(accept string) coding {
	weights := [codings]float64{identity: 0.0005, gzipped: -1, zstandard: -1} // -1: not named by the client
	other := 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		weight := weightOf(params)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "zstd":
			weights[zstandard] = weight
		case "gzip", "x-gzip":
			weights[gzipped] = weight
		case "identity":
			weights[identity] = weight
		case "*":
			other = weight
		}
	}
	best := identity
	for c := gzipped; c < codings; c++ {
		if weights[c] < 0 {
			weights[c] = other
		}
		if weights[c] > 0 && weights[c] >= weights[best] {
			best = c
		}
	}
	return best
}

// weightOf reads "q=0.5". It returns 0 for a weight that it cannot read.
func weightOf(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q > 0 && q <= 1) {
			return 0
		}
		return q
	}
	return 1
}

// fullFrame is a text in full, in a coding. It is for decoders that do not hold the
// text before it. Its first bytes end the zstd frame before it.
type fullFrame struct {
	bytes  []byte
	window int // of the zstd frame that it leaves open
}

// windows are the window sizes of zstd frames. A decoder allocates that much
// memory, so small pages get a small window. Browsers refuse windows above 8
// MiB.
var windows = []int{256 << 10, 1 << 20, 8 << 20}

// windowFor returns the smallest window that covers n bytes, or the largest one.
func windowFor(n int) int {
	for _, w := range windows {
		if w >= n {
			return w
		}
	}
	return windows[len(windows)-1]
}

// zstdFull makes a zstd frame that is left open: later differences may refer
// to its text.
func zstdFull(e *zstd.Encoder, text []byte) fullFrame {
	w := fullFrame{window: windowFor(4 * len(text))}
	b := delta.AppendZstdHeader(bytes.Clone(delta.LastBlock), w.window)
	w.bytes = append(b, zstdBlocks(e, text)...)
	return w
}

// zstdBlocks makes the blocks of a zstd frame. They refer to nothing before them.
func zstdBlocks(e *zstd.Encoder, text []byte) []byte {
	return bytes.Clone(delta.AppendZstdBlocks(nil, e.EncodeAll(text, nil)))
}

// whole is a text in a coding other than identity, by itself and complete.
func whole(c coding, encoder func() *zstd.Encoder, text []byte) []byte {
	if c == zstandard {
		return encoder().EncodeAll(text, nil)
	}
	b := append(bytes.Clone(gzipHeader), deflateBlocks(text)...)
	return appendGzipEnd(b, crc32.ChecksumIEEE(text), uint32(len(text)))
}

// deflaters are writers of deflate. One has about a megabyte of tables, and the
// garbage collector frees it when it is not needed.
var deflaters = sync.Pool{New: func() any {
	w, err := flate.NewWriter(nil, 5) // the first level that looks for better copies: 15 % shorter
	if err != nil {
		panic(fmt.Sprintf("live: options of deflate: %v", err))
	}
	return w
}}

// deflateBlocks makes deflate blocks that refer to nothing before them. They end
// at a byte boundary.
func deflateBlocks(text []byte) []byte {
	var b bytes.Buffer
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.Reset(&b)
	_, err := w.Write(text)
	if err = errors.Join(err, w.Flush()); err != nil {
		panic(fmt.Sprintf("live: deflate into memory: %v", err))
	}
	return bytes.Clone(b.Bytes())
}

// gzipHeader begins a gzip file (RFC 1952): deflate, no name, no time.
var gzipHeader = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}

// appendGzipEnd ends a gzip file whose text has a checksum and a length.
func appendGzipEnd(b []byte, sum, size uint32) []byte {
	b = binary.LittleEndian.AppendUint32(append(b, delta.LastStored...), sum)
	return binary.LittleEndian.AppendUint32(b, size)
}

// newEncoder makes the encoder that a server uses for full frames. It reuses
// its tables. Several goroutines may call it; they take turns.
func newEncoder() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(fmt.Sprintf("live: options of zstd: %v", err))
	}
	return e
}
