package sqlite

import (
	"testing"

	"ironstar.dev"
)

// TestSettleLeavesIDsToOthers has a COMMIT fail after it took effect, of an
// append without events and one that used its command id for something else.
func TestSettleLeavesIDsToOthers(t *testing.T) {
	w, batch := settling(t), settlingBatch(t)
	event := batch[0].Events[:1]
	var mine []*pending
	for i, a := range []ironstar.Append{
		{Stream: ironstar.Stream{Kind: "k", ID: "n"}, Events: event},
		{Stream: ironstar.Stream{Kind: "k", ID: "n"}, Expected: 1, Metadata: ironstar.Metadata{CommandID: "c"}, Request: [32]byte{1}},
		{Stream: ironstar.Stream{Kind: "k", ID: "n"}, Expected: 1, Metadata: ironstar.Metadata{CommandID: "c"}, Request: [32]byte{2}, Events: event},
	} {
		p := &pending{Append: a}
		if err := p.encode(); err != nil {
			t.Fatal(i, err)
		}
		mine = append(mine, p)
	}
	decide(t, w, mine)
	if err := exec(w.conn.commit); err != nil {
		t.Fatal(err)
	}
	w.settle(mine, errCommit)
	wantOutcomes(t, mine, nil, nil, nil)
}
