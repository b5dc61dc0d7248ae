package ironstartest

import (
	"errors"
	"fmt"
	"sync/atomic"

	"ironstar.dev"
)

// requiring adds a required stream to an append.
func requiring(a ironstar.Append, s ironstar.Stream, v ironstar.Version) ironstar.Append {
	a.Requires = append(a.Requires, ironstar.Required{Stream: s, Version: v})
	return a
}

func testRequired(t *storeTest) {
	t.mustAppend(addedTo(list("b"), 0, 1, 2))
	t.wantReceipt(t.append1(requiring(addedTo(list("a"), 0, 3), list("b"), 2)), ironstar.Receipt{First: 3, Last: 3, Version: 1})
	t.wantReceipt(t.append1(requiring(addedTo(list("a"), 1, 4), list("nobody"), 0)), ironstar.Receipt{First: 4, Last: 4, Version: 2})
	for _, c := range []struct {
		id       string
		required ironstar.Version
		actual   ironstar.Version
	}{{"b", 1, 2}, {"b", 3, 2}, {"b", 0, 2}, {"nobody", 1, 0}, {"b", -1, 2}} {
		o := t.append1(requiring(requiring(addedTo(list("a"), 2, 5), list("c"), 0), list(c.id), c.required))
		var conflict *ironstar.ConflictError
		if !errors.As(o.Err, &conflict) || *conflict != (ironstar.ConflictError{Stream: list(c.id), Expected: c.required, Actual: c.actual}) {
			t.Errorf("required %s at %d: %v", c.id, c.required, o.Err)
		}
	}
	// Without events, what is required must be right as well.
	t.wantReceipt(t.append1(requiring(addedTo(list("a"), 2), list("b"), 2)), ironstar.Receipt{Last: 4, Version: 2})
	t.wantErr(t.append1(requiring(addedTo(list("a"), 2), list("b"), 1)), ironstar.ErrConflict)

	// Appends of one call are compared in their order; a refused one touches no other.
	outcomes := t.Append(t.ctx,
		requiring(addedTo(list("c"), 0, 6), list("b"), 3), // too early
		addedTo(list("b"), 2, 7),
		requiring(addedTo(list("c"), 0, 8), list("b"), 2), // too late
		requiring(addedTo(list("c"), 0, 9), list("b"), 3),
		addedTo(list("d"), 0, 10),
	)
	t.wantErr(outcomes[0], ironstar.ErrConflict)
	t.wantReceipt(outcomes[1], ironstar.Receipt{First: 5, Last: 5, Version: 3})
	t.wantErr(outcomes[2], ironstar.ErrConflict)
	t.wantReceipt(outcomes[3], ironstar.Receipt{First: 6, Last: 6, Version: 1})
	t.wantReceipt(outcomes[4], ironstar.Receipt{First: 7, Last: 7, Version: 1})

	// A command that is stored gets its receipt, whatever has happened since.
	again := command(requiring(addedTo(list("e"), 0, 11), list("b"), 3), "once", 1)
	receipt := t.mustAppend(again)
	t.mustAppend(addedTo(list("b"), 3, 12))
	t.wantReceipt(t.append1(again), receipt)

	for name, bad := range map[string]ironstar.Append{
		"own stream": requiring(addedTo(list("a"), 2, 13), list("a"), 2),
		"no name":    requiring(addedTo(list("a"), 2, 13), list(""), 0),
		"bad name":   requiring(addedTo(list("a"), 2, 13), list("a\nb"), 0),
		"too many":   {Stream: list("a"), Expected: 2, Events: []ironstar.Proposed{added(13)}, Requires: manyRequired(ironstar.MaxRequires + 1)},
	} {
		if o := t.append1(bad); o.Err == nil || errors.Is(o.Err, ironstar.ErrConflict) || errors.Is(o.Err, ironstar.ErrRetryable) {
			t.Errorf("%s: %v", name, o.Err)
		}
	}
	most := addedTo(list("a"), 2, 14)
	most.Requires = manyRequired(ironstar.MaxRequires)
	t.mustAppend(most)
}

// manyRequired lists streams that do not exist.
func manyRequired(n int) (all []ironstar.Required) {
	for i := range n {
		all = append(all, ironstar.Required{Stream: list(fmt.Sprint("none", i))})
	}
	return all
}

// testRequiredAtOnce: a rule over two streams holds, although each of its writers
// appends to another one. The rule: both together have at most one event.
func testRequiredAtOnce(t *storeTest) {
	for round := range 50 {
		pair := [2]ironstar.Stream{list(fmt.Sprint("left", round)), list(fmt.Sprint("right", round))}
		var stored atomic.Int64
		atOnce(8, func(i int) {
			o := t.append1(requiring(addedTo(pair[i%2], 0, i), pair[1-i%2], 0))
			if o.Err == nil {
				stored.Add(1)
			} else if !errors.Is(o.Err, ironstar.ErrConflict) {
				t.Errorf("a refused append got %v", o.Err)
			}
		})
		if n := stored.Load(); n != 1 {
			t.Errorf("round %d: %d appends were stored, each of which required that there was no other", round, n)
		}
	}
}
