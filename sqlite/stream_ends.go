package sqlite

import (
	"strings"

	"ironstar.dev"
)

// maxStreamEnds is the least number of stream ends that are held, and half of
// the greatest: about 4 MB, or 10 MB if all names have the greatest length.
const maxStreamEnds = 1 << 14

// streamEnds is a cache of the ends of recently used streams, so that the
// expected version of an append is checked without reading the table.
//
// Only the writer changes streams, so each end is what the file holds or what
// the open transaction has changed. Therefore forget is called when that
// transaction ends without a commit, and a new connection begins without ends.
// (If another program has written, which it must not, the head shows it: see
// [writeConn.beginBatch].)
//
// Ends that were not used recently are dropped, a generation at a time and
// between transactions: within a transaction the cache is the only place that
// has its changes.
type streamEnds struct {
	young, old map[ironstar.Stream]streamEnd
	most       int // in a generation; there can be more within one transaction
}

func newStreamEnds(most int) streamEnds {
	return streamEnds{young: map[ironstar.Stream]streamEnd{}, old: map[ironstar.Stream]streamEnd{}, most: most}
}

// get returns the end of a stream, if it is cached.
func (t *streamEnds) get(s ironstar.Stream) (streamEnd, bool) {
	if end, ok := t.young[s]; ok {
		return end, true
	}
	end, ok := t.old[s]
	if ok {
		t.set(s, end)
	}
	return end, ok
}

// set caches the end of a stream.
func (t *streamEnds) set(s ironstar.Stream, end streamEnd) {
	if _, ok := t.young[s]; !ok { // a copy: the id may be a part of a large text
		s.ID = strings.Clone(s.ID)
	}
	t.young[s] = end
}

// age makes room. It is called when no transaction is open.
func (t *streamEnds) age() {
	if len(t.young) >= t.most {
		t.old, t.young = t.young, t.old
		clear(t.young)
	}
}

// forget drops all.
func (t *streamEnds) forget() {
	clear(t.young)
	clear(t.old)
}
