package live

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"ironstar.dev/live/internal/delta"
)

// coding is how the bytes of a feed travel.
type coding int

// The codings, the best one last.
const (
	identity coding = iota
	gzipped
	zstandard

	codings // how many there are
)

func (c coding) String() string { return [codings]string{"identity", "gzip", "zstd"}[c] }

// codingOf chooses by an Accept-Encoding header (RFC 9110, 12.5.3): the one that
// the client likes best, and of several the best. Who accepts none of ours, not
// even identity, gets that all the same.
func codingOf(accept string) coding {
	weights := [codings]float64{identity: 0.0005, gzipped: -1, zstandard: -1} // -1 is not said
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

// weightOf reads "q=0.5". What cannot be read is refused.
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

// whole is a text in full, in a coding: for decoders that have nothing to go on
// from, or something else. Its first bytes end the zstd frame before it.
type whole struct {
	bytes  []byte
	window int // of the zstd frame that it leaves open
}

// Windows of zstd frames. A decoder sets aside as much memory, so pages that are
// small get a small one; browsers refuse larger ones.
var windows = []int{256 << 10, 1 << 20, 8 << 20}

// zstdWhole makes a frame that goes on: what comes next may refer to it.
func zstdWhole(e *zstd.Encoder, text []byte) whole {
	w := whole{window: windows[len(windows)-1]}
	for i := len(windows) - 1; i >= 0 && windows[i] >= 4*len(text); i-- {
		w.window = windows[i]
	}
	b := delta.AppendZstdHeader(bytes.Clone(delta.LastBlock), w.window)
	w.bytes = bytes.Clone(delta.AppendZstdBlocks(b, e.EncodeAll(text, nil)))
	return w
}

// gzipWhole makes blocks that refer to nothing before them.
func gzipWhole(text []byte) whole {
	var b bytes.Buffer
	if err := flate.StatelessDeflate(&b, text, false, nil); err != nil {
		panic(fmt.Sprintf("live: deflate into memory: %v", err))
	}
	return whole{bytes: bytes.Clone(b.Bytes())}
}

// newEncoder makes the one encoder of a server, for wholes. It keeps its tables
// for the next, and may be used by several goroutines, which take turns.
func newEncoder() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(fmt.Sprintf("live: options of zstd: %v", err))
	}
	return e
}
