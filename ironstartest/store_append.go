package ironstartest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"ironstar.dev"
)

func testAppendThenRead(t *storeTest) {
	before := time.Now().Add(-time.Second)
	a := addedTo(list("a"), 0, 1, 2)
	a.Metadata = ironstar.Metadata{CommandID: "c", Correlation: "co", Causation: "ca", Actor: "ac", Session: "se", TraceParent: "tp"}
	t.wantReceipt(t.append1(a), ironstar.Receipt{First: 1, Last: 2, Version: 2})
	t.wantReceipt(t.append1(addedTo(list("b"), 0, 3)), ironstar.Receipt{First: 3, Last: 3, Version: 1})
	t.wantReceipt(t.append1(addedTo(list("a"), 2, 4)), ironstar.Receipt{First: 4, Last: 4, Version: 3})
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`)
	t.wantPayloads(t.all(t.Log(t.ctx, 2)), `{"n":3}`, `{"n":4}`)
	t.wantPayloads(t.all(t.Log(t.ctx, 4)))
	t.wantPayloads(t.all(t.Stream(t.ctx, list("a"), 0)), `{"n":1}`, `{"n":2}`, `{"n":4}`)
	t.wantPayloads(t.all(t.Stream(t.ctx, list("a"), 2)), `{"n":4}`)
	t.wantPayloads(t.all(t.Stream(t.ctx, list("a"), 3)))
	t.wantPayloads(t.all(t.Stream(t.ctx, list("nobody"), 0)))
	// A version below 0 means the beginning.
	t.wantPayloads(t.all(t.Stream(t.ctx, list("a"), -1)), `{"n":1}`, `{"n":2}`, `{"n":4}`)
	t.wantPayloads(t.all(t.Log(t.ctx, -1)), `{"n":1}`, `{"n":2}`, `{"n":3}`, `{"n":4}`)

	r := t.all(t.Stream(t.ctx, list("a"), 1))[0]
	if r.Stream != list("a") || r.Position != 2 || r.Sequence != 2 || r.Type != "Added" || r.SchemaVersion != 1 {
		t.Errorf("record is %+v", r)
	}
	if r.RecordedAt.Before(before) || r.RecordedAt.After(time.Now().Add(time.Second)) {
		t.Errorf("recorded at %s", r.RecordedAt)
	}
	if m, err := r.Metadata(); err != nil || m != a.Metadata {
		t.Errorf("metadata is %+v, %v, want %+v", m, err, a.Metadata)
	}
	if outcomes := t.Append(t.ctx); len(outcomes) != 0 {
		t.Errorf("no append has outcomes %v", outcomes)
	}
}

func testAllOrNone(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1, 2, 3))
	t.wantErr(t.append1(addedTo(list("a"), 2, 4, 5, 6)), ironstar.ErrConflict)
	bad := addedTo(list("a"), 3, 7, 8)
	bad.Events[1].Payload = []byte(`{"n":`)
	if o := t.append1(bad); o.Err == nil {
		t.Error("an append whose second event is broken was stored")
	}
	last := addedTo(list("a"), 3, 9, 10)
	last.Events[0].Final = true
	t.wantErr(t.append1(last), ironstar.ErrFinal)
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":3}`)
}

func testOneWins(t *storeTest) {
	const writers, rounds = 8, 20
	for round := range rounds {
		var won atomic.Int64
		atOnce(writers, func(i int) {
			o := t.append1(addedTo(list("a"), ironstar.Version(round), i))
			var conflict *ironstar.ConflictError
			switch {
			case o.Err == nil:
				won.Add(1)
			case !errors.As(o.Err, &conflict):
				t.Errorf("a refused append got %v", o.Err)
			case conflict.Actual != ironstar.Version(round+1) || conflict.Expected != ironstar.Version(round) || conflict.Stream != list("a"):
				t.Errorf("round %d: conflict %+v", round, conflict)
			}
		})
		if won.Load() != 1 {
			t.Errorf("round %d: %d of %d appends at one version won", round, won.Load(), writers)
		}
	}
	if n := len(t.all(t.Stream(t.ctx, list("a"), 0))); n != rounds {
		t.Errorf("%d events, want %d", n, rounds)
	}
}

func testPositions(t *storeTest) {
	const writers, appends = 6, 30
	ctx, stop := context.WithCancel(t.ctx)
	readers := make(chan struct{}) // closed when they have ended
	go func() {
		defer close(readers)
		atOnce(3, func(i int) {
			for ctx.Err() == nil {
				t.readInOrder()
			}
		})
	}()
	var events atomic.Int64
	atOnce(writers, func(i int) {
		s := list(fmt.Sprint(i))
		version := ironstar.Version(0)
		for n := range appends {
			a := addedTo(s, version, n)
			if n%3 == 0 {
				a = addedTo(s, version, n, n, n)
			}
			r := t.mustAppend(a)
			version = r.Version
			events.Add(int64(len(a.Events)))
			if head, err := t.Head(t.ctx); err != nil || head < r.Last {
				t.Errorf("head is %d, %v after an answer with %d", head, err, r.Last)
			}
			t.append1(addedTo(s, version+1, n)) // refused; must leave no gap
		}
	})
	stop()
	<-readers
	if n := t.readInOrder(); n != ironstar.Position(events.Load()) {
		t.Errorf("log ends at %d after %d events", n, events.Load())
	}
}

// readInOrder reads the log once and checks that no position is missing.
func (t *storeTest) readInOrder() ironstar.Position {
	last := ironstar.Position(0)
	for r, err := range t.Log(t.ctx, 0) {
		if err != nil {
			t.Error(err)
			return last
		}
		if r.Position != last+1 {
			t.Errorf("position %d follows %d", r.Position, last)
		}
		last = r.Position
	}
	return last
}

func testRefusedNeighbours(t *storeTest) {
	t.mustAppend(addedTo(list("a"), 0, 1))
	outcomes := t.Append(t.ctx,
		addedTo(list("b"), 0, 2),
		addedTo(list("a"), 0, 3), // conflict
		addedTo(list("c"), 0, 4),
		addedTo(list("a"), 2, 5), // builds on the refused append
		addedTo(list("a"), 1, 6),
	)
	t.wantReceipt(outcomes[0], ironstar.Receipt{First: 2, Last: 2, Version: 1})
	t.wantErr(outcomes[1], ironstar.ErrConflict)
	t.wantReceipt(outcomes[2], ironstar.Receipt{First: 3, Last: 3, Version: 1})
	t.wantErr(outcomes[3], ironstar.ErrConflict)
	t.wantReceipt(outcomes[4], ironstar.Receipt{First: 4, Last: 4, Version: 2})
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":4}`, `{"n":6}`)
}

func testBatchBuildsOnItself(t *storeTest) {
	var batch []ironstar.Append
	for n := range 50 {
		batch = append(batch, addedTo(list("hot"), ironstar.Version(n), n))
	}
	for n, o := range t.Append(t.ctx, batch...) {
		p := ironstar.Position(n + 1)
		t.wantReceipt(o, ironstar.Receipt{First: p, Last: p, Version: ironstar.Version(n + 1)})
	}
}

// Another writer has appended as many events as the first append of the batch has.
// The versions of the other appends match, but their state was another one.
func testBatchLosesItsBase(t *storeTest) {
	s := list("a")
	t.mustAppend(command(addedTo(s, 0, 1), "c", 1))
	t.mustAppend(addedTo(s, 1, 2))
	outcomes := t.Append(t.ctx,
		addedTo(s, 1, 10), addedTo(list("b"), 0, 11), addedTo(s, 2, 12), addedTo(s, 3),
		command(addedTo(s, 1, 1), "c", 1), // stored before, at another version
		addedTo(s, 2, 13), addedTo(s, 2, 14))
	for _, i := range []int{0, 2, 3, 5} {
		t.wantErr(outcomes[i], ironstar.ErrConflict)
	}
	t.wantReceipt(outcomes[1], ironstar.Receipt{First: 3, Last: 3, Version: 1})
	t.wantReceipt(outcomes[4], ironstar.Receipt{First: 1, Last: 1, Version: 1})
	t.wantReceipt(outcomes[6], ironstar.Receipt{First: 4, Last: 4, Version: 3})
}

func testNoEvents(t *storeTest) {
	t.wantReceipt(t.append1(addedTo(list("a"), 0)), ironstar.Receipt{})
	t.mustAppend(addedTo(list("a"), 0, 1, 2))
	t.mustAppend(addedTo(list("b"), 0, 3))
	t.wantReceipt(t.append1(addedTo(list("a"), 2)), ironstar.Receipt{Last: 2, Version: 2})
	t.wantErr(t.append1(addedTo(list("a"), 1)), ironstar.ErrConflict)
	nothing := command(addedTo(list("a"), 2), "c", 1)
	t.wantReceipt(t.append1(nothing), ironstar.Receipt{Last: 2, Version: 2})
	if _, found, err := t.Command(t.ctx, list("a"), "c", nothing.Request); found || err != nil {
		t.Errorf("a command that led to nothing was recorded: %v, %v", found, err)
	}
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":3}`)
}

func testFinal(t *storeTest) {
	end := addedTo(list("a"), 0, 1, 2)
	end.Events[1].Final = true
	t.mustAppend(end)
	t.wantErr(t.append1(addedTo(list("a"), 2, 3)), ironstar.ErrFinal)
	t.wantErr(t.append1(addedTo(list("a"), 1, 3)), ironstar.ErrConflict)
	t.wantReceipt(t.append1(addedTo(list("a"), 2)), ironstar.Receipt{Last: 2, Version: 2})
	endB := addedTo(list("b"), 0, 4)
	endB.Events[0].Final = true
	outcomes := t.Append(t.ctx, endB, addedTo(list("b"), 1, 5), addedTo(list("c"), 0, 6))
	t.wantReceipt(outcomes[0], ironstar.Receipt{First: 3, Last: 3, Version: 1})
	t.wantErr(outcomes[1], ironstar.ErrFinal)
	t.wantReceipt(outcomes[2], ironstar.Receipt{First: 4, Last: 4, Version: 1})
	t.wantLog(`{"n":1}`, `{"n":2}`, `{"n":4}`, `{"n":6}`)
}

func testShapes(t *storeTest) {
	other := func(s ironstar.Stream, version ironstar.Version) ironstar.Append {
		a := addedTo(s, version, 2)
		a.Events[0].Shape = "another-shape"
		return a
	}
	outcomes := t.Append(t.ctx, addedTo(list("a"), 0, 1), other(list("a"), 1))
	t.wantReceipt(outcomes[0], ironstar.Receipt{First: 1, Last: 1, Version: 1})
	t.wantErr(outcomes[1], ironstar.ErrShape)
	t.wantErr(t.append1(other(list("b"), 0)), ironstar.ErrShape)
	if text := t.append1(other(list("b"), 0)).Err.Error(); !strings.Contains(text, "todo.List.Added.v1") {
		t.Errorf("error does not name the event: %s", text)
	}
	v2 := other(list("b"), 0)
	v2.Events[0].SchemaVersion = 2
	t.mustAppend(v2) // another version may have another shape
	v3 := ironstar.Append{Stream: list("b"), Expected: 1, Events: []ironstar.Proposed{added(3), added(4)}}
	v3.Events[0].SchemaVersion, v3.Events[1].SchemaVersion = 3, 3
	v3.Events[1].Shape = "another-shape"
	t.wantErr(t.append1(v3), ironstar.ErrShape)
	t.wantLog(`{"n":1}`, `{"n":2}`)
}

func testStreamNames(t *storeTest) {
	long := strings.Repeat("x", ironstar.MaxStreamID)
	good := []string{"a", "_", "a.b", "A", "b:c@d+e~f-g", long, "\u00fc", "日本", "हिन्दी", "كِتَاب", "q\u0308", "٣"}
	for i, id := range good {
		t.mustAppend(addedTo(list(id), 0, i))
	}
	for i, id := range good {
		t.wantPayloads(t.all(t.Stream(t.ctx, list(id), 0)), fmt.Sprintf(`{"n":%d}`, i))
	}
	// These ids have no address.
	for _, id := range []string{"b/c", "it's", `"`, "%", "🙂", ".a", "..", "u\u0308", "\u0308u", "हि\u200dन्दी", "ﬁ\u00a0", "\ufffd"} {
		t.wantErr(t.append1(addedTo(list(id), 0, 1)), ironstar.ErrStream)
	}
	for _, id := range []string{"", " ", "a b", "a\n", "a\x00b", "\xff", long + "x"} {
		t.wantErr(t.append1(addedTo(list(id), 0, 1)), ironstar.ErrStream)
		t.wantErr(t.append1(addedTo(ironstar.Stream{Kind: id, ID: "a"}, 0, 1)), ironstar.ErrStream)
		if err := t.readErr(t.Stream(t.ctx, list(id), 0)); !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("reading stream %q gave %v", id, err)
		}
		if _, _, err := t.Command(t.ctx, list(id), "c", [32]byte{}); !errors.Is(err, ironstar.ErrStream) {
			t.Errorf("looking up a command of stream %q gave %v", id, err)
		}
	}
	if head, err := t.Head(t.ctx); err != nil || head != ironstar.Position(len(good)) {
		t.Errorf("head is %d, %v", head, err)
	}
}

func testBadEvents(t *storeTest) {
	bad := []ironstar.Proposed{
		{Type: "", SchemaVersion: 1, Payload: []byte(`{}`)},
		{Type: "Added", SchemaVersion: 0, Payload: []byte(`{}`)},
		{Type: "Added", SchemaVersion: -1, Payload: []byte(`{}`)},
		{Type: "Added", SchemaVersion: 1, Payload: nil},
		{Type: "Added", SchemaVersion: 1, Payload: []byte(`{`)},
		{Type: "Added", SchemaVersion: 1, Payload: []byte("\"\xff\"")},
		{Type: "Added", SchemaVersion: 1, Payload: []byte(`"` + strings.Repeat("x", ironstar.MaxAppend) + `"`)},
		{Type: "Added", SchemaVersion: 1, Shape: strings.Repeat("x", ironstar.MaxEventType+1), Payload: []byte(`{}`)},
		{Type: strings.Repeat("x", ironstar.MaxEventType+1), SchemaVersion: 1, Payload: []byte(`{}`)},
	}
	for _, text := range []string{"Ad ded", "Added\x00", "Added\xff", "\u2028"} {
		bad = append(bad,
			ironstar.Proposed{Type: text, SchemaVersion: 1, Payload: []byte(`{}`)},
			ironstar.Proposed{Type: "Added", Shape: text, SchemaVersion: 1, Payload: []byte(`{}`)})
	}
	for _, e := range bad {
		outcomes := t.Append(t.ctx,
			ironstar.Append{Stream: list("a"), Events: []ironstar.Proposed{e}},
			ironstar.Append{Stream: list("a")})
		if outcomes[0].Err == nil {
			t.Errorf("stored %.300s", fmt.Sprintf("%+v", e))
		}
		t.wantReceipt(outcomes[1], ironstar.Receipt{})
	}
	t.wantErr(t.append1(addedTo(list("a"), -1, 1)), ironstar.ErrConflict)
	t.wantLog()
}

// testBadMetadata: invalid metadata is refused, because stored metadata cannot
// be deleted.
func testBadMetadata(t *storeTest) {
	for name, set := range map[string]func(*ironstar.Metadata, string){
		"command":     func(m *ironstar.Metadata, text string) { m.CommandID = text },
		"correlation": func(m *ironstar.Metadata, text string) { m.Correlation = text },
		"causation":   func(m *ironstar.Metadata, text string) { m.Causation = text },
		"actor":       func(m *ironstar.Metadata, text string) { m.Actor = text },
		"session":     func(m *ironstar.Metadata, text string) { m.Session = text },
		"traceparent": func(m *ironstar.Metadata, text string) { m.TraceParent = text },
	} {
		for _, text := range []string{"\xff", "a\x00", "a\nb", strings.Repeat("x", ironstar.MaxMetadata+1)} {
			a := addedTo(list("a"), 0, 1)
			set(&a.Metadata, text)
			if o := t.append1(a); o.Err == nil || !strings.Contains(o.Err.Error(), name) {
				t.Errorf("metadata with %s %.20q: %+v", name, text, o)
			}
		}
		a := addedTo(list(name), 0, 1)
		set(&a.Metadata, strings.Repeat("é", ironstar.MaxMetadata/2))
		t.mustAppend(a)
	}
}

func testBigPayloads(t *storeTest) {
	var want [][]byte
	for i, size := range []int{1 << 10, 1 << 16, 3 << 20, 8 << 20} {
		a := addedTo(list("a"), ironstar.Version(i), 0)
		a.Events[0].Payload = []byte(`"` + strings.Repeat(string(rune('a'+i)), size) + `"`)
		t.mustAppend(a)
		want = append(want, a.Events[0].Payload)
	}
	for i, r := range t.all(t.Stream(t.ctx, list("a"), 0)) {
		if !bytes.Equal(r.Payload, want[i]) {
			t.Errorf("payload %d came back changed", i)
		}
	}
}
