package ironstartest

import (
	"errors"
	"sync"

	"ironstar.dev"
)

func testCommands(t *storeTest) {
	first := command(addedTo(list("a"), 0, 1, 2), "c", 1)
	if _, found, err := t.Command(t.ctx, list("a"), "c", first.Request); found || err != nil {
		t.Errorf("a command was found before it was stored: %v, %v", found, err)
	}
	want := ironstar.Receipt{First: 1, Last: 2, Version: 2}
	t.wantReceipt(t.append1(first), want)
	t.mustAppend(addedTo(list("a"), 2, 3))
	t.wantReceipt(t.append1(first), want) // the version, 0, is not checked
	again := command(addedTo(list("a"), 3, 4), "c", 1)
	t.wantReceipt(t.append1(again), want) // other events make no difference
	if r, found, err := t.Command(t.ctx, list("a"), "c", first.Request); !found || err != nil || r != want {
		t.Errorf("command is %+v, %v, %v, want %+v", r, found, err, want)
	}
	// The id is scoped to the stream.
	t.wantReceipt(t.append1(command(addedTo(list("b"), 0, 5), "c", 9)), ironstar.Receipt{First: 4, Last: 4, Version: 1})
	// Without an id the store does not look for a command, and ignores the request.
	plain := addedTo(list("b"), 1, 6)
	plain.Request = [32]byte{1}
	t.mustAppend(plain)
	t.wantErr(t.append1(plain), ironstar.ErrConflict)
	if _, found, err := t.Command(t.ctx, list("b"), "", plain.Request); found || err != nil {
		t.Errorf("an empty command id was found: %v, %v", found, err)
	}
	// A refusal is not recorded: the same id may succeed later.
	early := command(addedTo(list("b"), 7, 7), "late", 1)
	t.wantErr(t.append1(early), ironstar.ErrConflict)
	early.Expected = 2
	t.mustAppend(early)
	// After the final event the first receipt still counts.
	end := command(addedTo(list("b"), 3, 8), "end", 1)
	end.Events[0].Final = true
	receipt := t.mustAppend(end)
	t.wantReceipt(t.append1(end), receipt)
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":5}`, `{"n":6}`, `{"n":7}`, `{"n":8}`)
}

func testCommandsInBatch(t *storeTest) {
	a := command(addedTo(list("a"), 0, 1), "c", 1)
	outcomes := t.Append(t.ctx, a, a, command(addedTo(list("a"), 1, 2), "c", 1), command(addedTo(list("a"), 1, 3), "d", 1))
	want := ironstar.Receipt{First: 1, Last: 1, Version: 1}
	for _, o := range outcomes[:3] {
		t.wantReceipt(o, want)
	}
	t.wantReceipt(outcomes[3], ironstar.Receipt{First: 2, Last: 2, Version: 2})
	t.wantLog(`{"n":1}`, `{"n":3}`)
}

func testCommandsAtOnce(t *storeTest) {
	const callers = 16
	var mu sync.Mutex
	receipts := map[ironstar.Receipt]int{}
	atOnce(callers, func(i int) {
		o := t.append1(command(addedTo(list("a"), 0, 1), "c", 1))
		if o.Err != nil {
			t.Error(o.Err)
		}
		mu.Lock()
		defer mu.Unlock()
		receipts[o.Receipt]++
	})
	if want := (ironstar.Receipt{First: 1, Last: 1, Version: 1}); receipts[want] != callers {
		t.Errorf("receipts are %v, want %d of %+v", receipts, callers, want)
	}
	t.wantLog(`{"n":1}`)
}

func testCommandReused(t *storeTest) {
	a := command(addedTo(list("a"), 0, 1), "c", 1)
	other := command(addedTo(list("a"), 1, 2), "c", 2)
	outcomes := t.Append(t.ctx, a, other, addedTo(list("a"), 1, 3))
	t.wantReceipt(outcomes[0], ironstar.Receipt{First: 1, Last: 1, Version: 1})
	t.wantErr(outcomes[1], ironstar.ErrCommandReused)
	t.wantReceipt(outcomes[2], ironstar.Receipt{First: 2, Last: 2, Version: 2})
	other.Expected = 2
	t.wantErr(t.append1(other), ironstar.ErrCommandReused)
	if _, found, err := t.Command(t.ctx, list("a"), "c", other.Request); found || !errors.Is(err, ironstar.ErrCommandReused) {
		t.Errorf("command with another request: %v, %v", found, err)
	}
	t.wantLog(`{"n":1}`, `{"n":3}`)
}
