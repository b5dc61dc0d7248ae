package sqlite

import (
	"strings"

	"ironstar.dev"
)

// maxTails is how many streams' ends are kept at least, and half of how many at
// most: about 4 MB.
const maxTails = 1 << 14

// tails are the ends of streams that were read or written lately, so that the
// expected version of an append is checked without reading the table.
//
// They are right because nobody but the writer changes a stream: each is what
// the file holds, or what the open transaction will make of it. So whoever ends
// that transaction otherwise than by a commit calls forget, and a new
// connection begins with none. (That another program has written, against the
// rules, is seen by the head: see [writeConn.beginBatch].)
//
// Those that were not used for long are dropped, a generation at a time and
// between transactions: within one, what it changed is nowhere else as long as
// its rows are not inserted.
type tails struct {
	young, old map[ironstar.Stream]tail
	most       int // of a generation; more only within one transaction
}

func newTails(most int) tails {
	return tails{young: map[ironstar.Stream]tail{}, old: map[ironstar.Stream]tail{}, most: most}
}

// get returns the end of a stream, if it is known.
func (t *tails) get(s ironstar.Stream) (tail, bool) {
	if end, ok := t.young[s]; ok {
		return end, true
	}
	end, ok := t.old[s]
	if ok {
		t.set(s, end)
	}
	return end, ok
}

// set keeps the end of a stream.
func (t *tails) set(s ironstar.Stream, end tail) {
	if _, ok := t.young[s]; !ok { // a key of our own: the id may be a part of a big text
		s.ID = strings.Clone(s.ID)
	}
	t.young[s] = end
}

// age makes room. It is called when no transaction is open.
func (t *tails) age() {
	if len(t.young) >= t.most {
		t.old, t.young = t.young, t.old
		clear(t.young)
	}
}

// forget drops all.
func (t *tails) forget() {
	clear(t.young)
	clear(t.old)
}
