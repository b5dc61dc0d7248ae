package testcases

import (
	"encoding/base64"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// byteBounds returns the least and the greatest number of bytes.
func byteBounds(checks []model.Check) (least, most int) {
	most = 1 << 20
	for _, c := range checks {
		switch c.Op {
		case model.MinRunes:
			least = max(least, scalar.LeastBytes(c.Count))
		case model.MaxRunes:
			most = min(most, scalar.MostBytes(c.Count))
		}
	}
	return least, max(least, most)
}

// someBytes draws random bytes, usually few.
func (g *caseMaker) someBytes(checks []model.Check) []byte {
	least, most := byteBounds(checks)
	return g.bytes(least + g.IntN(min(most-least, 12)+1))
}

func (g *caseMaker) bytes(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.IntN(256))
	}
	return b
}

// atByteSize makes bytes with a size at or next to a bound.
func atByteSize(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.MinRunes, model.MaxRunes)
	if !ok {
		return false
	}
	bound := scalar.MostBytes(c.Count)
	if c.Op == model.MinRunes {
		bound = scalar.LeastBytes(c.Count)
	}
	n.raw = scalar.Quote(base64.StdEncoding.EncodeToString(g.bytes(g.around(int64(bound)))))
	return true
}

// byteSamples returns bytes of every size up to a group of base64, bytes with every
// kind of character of base64, and as many bytes as the bounds allow, if people can
// still read that many.
func byteSamples(checks []model.Check) []string {
	least, most := byteBounds(checks)
	var all []string
	for _, b := range [][]byte{{}, {0}, {0xff, 0xff}, {0, 0, 0}, {0xfb, 0xef, 0xbe, 0xff}, []byte("hello"), make([]byte, least), make([]byte, min(most, longestText))} {
		all = append(all, scalar.Quote(base64.StdEncoding.EncodeToString(b)))
	}
	return all
}
