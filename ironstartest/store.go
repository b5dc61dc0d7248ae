package ironstartest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
)

// storeTimeout ends a subtest of StoreSuite that hangs.
const storeTimeout = 30 * time.Second

// StoreSuite checks the contract of [ironstar.Store], which is the guarantees G2, G3,
// G4 and G6. It also checks the contract of [ironstar.Snapshots], if the store
// implements it. open returns a new, empty store each time. The suite closes it, and
// open registers any other cleanup. A store needs its own tests for durability (G1)
// and for events that never change (G5), because this suite cannot check these.
func StoreSuite(t *testing.T, open func(t *testing.T) ironstar.Store) {
	tests := []struct {
		name string
		run  func(*storeTest)
	}{
		{"AppendThenRead", testAppendThenRead},
		{"G2_AllEventsOrNone", testAllOrNone},
		{"G3_OneOfTwoAppendsWins", testOneWins},
		{"G4_PositionsWithoutGap", testPositions},
		{"G6_SameCommandSameReceipt", testCommands},
		{"G6_SameCommandInOneBatch", testCommandsInBatch},
		{"G6_SameCommandAtOnce", testCommandsAtOnce},
		{"G6_CommandReused", testCommandReused},
		{"G3_RequiredStreams", testRequired},
		{"G3_RequiredStreamsAtOnce", testRequiredAtOnce},
		{"G22_OneHolder", testClaims},
		{"G22_OneHolderInABatch", testClaimsInBatch},
		{"G22_OneHolderAtOnce", testClaimsAtOnce},
		{"G22_RestoredClaims", testRestoredClaims},
		{"G22_ARuleThatRests", testClaimsOfARuleThatRests},
		{"BadClaims", testBadClaims},
		{"RefusedNeighbours", testRefusedNeighbours},
		{"BatchBuildsOnItself", testBatchBuildsOnItself},
		{"BatchLosesItsBase", testBatchLosesItsBase},
		{"NoEvents", testNoEvents},
		{"Final", testFinal},
		{"Shapes", testShapes},
		{"StreamNames", testStreamNames},
		{"BadEvents", testBadEvents},
		{"BadMetadata", testBadMetadata},
		{"BigPayloads", testBigPayloads},
		{"BytesAreOwned", testBytesAreOwned},
		{"ReadingEndsWhereItBegan", testReadingEnds},
		{"ReadingStopsEarly", testStopsEarly},
		{"ReadingManyChunks", testManyRecords},
		{"ContextEnds", testContextEnds},
		{"Follow", testFollow},
		{"FollowUnderLoad", testFollowUnderLoad},
		{"Close", testClose},
		{"CloseUnderLoad", testCloseUnderLoad},
		{"LogID", testLogID},
		{"Snapshots", testSnapshots},
		{"SnapshotsInChunks", testManySnapshots},
		{"SnapshotsOfViewsGoForward", testSnapshotsGoForward},
		{"SnapshotsAreForgotten", testForgetSnapshots},
		{"SnapshotsUnderLoad", testSnapshotsUnderLoad},
	}
	for _, test := range tests {
		storeSubtest(t, open, test.name, test.run)
	}
	processSuite(t, open)
	t.Run("Model", func(t *testing.T) { testModel(t, open) })
}

// storeSubtest runs a subtest with a store of its own.
func storeSubtest(t *testing.T, open func(t *testing.T) ironstar.Store, name string, run func(*storeTest)) {
	t.Run(name, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), storeTimeout)
		defer cancel()
		store := open(t)
		defer store.Close()
		run(&storeTest{T: t, Store: store, ctx: ctx, open: open})
	})
}

// storeTest is one subtest with its store.
type storeTest struct {
	*testing.T
	ironstar.Store
	ctx  context.Context // in a field because it lives as long as the subtest
	open func(t *testing.T) ironstar.Store
}

// list returns a stream of the suite.
func list(id string) ironstar.Stream { return ironstar.Stream{Kind: "todo.List", ID: id} }

// added proposes an event with the number n.
func added(n int) ironstar.Proposed {
	return ironstar.Proposed{
		Type:          "Added",
		SchemaVersion: 1,
		Shape:         "shape-of-added",
		Payload:       fmt.Appendf(nil, `{"n":%d}`, n),
	}
}

// addedTo returns an append with one event for each number.
func addedTo(s ironstar.Stream, expected ironstar.Version, numbers ...int) ironstar.Append {
	a := ironstar.Append{Stream: s, Expected: expected}
	for _, n := range numbers {
		a.Events = append(a.Events, added(n))
	}
	return a
}

// command adds a command id and a request to an append.
func command(a ironstar.Append, id string, request byte) ironstar.Append {
	a.Metadata.CommandID = id
	a.Request = [32]byte{request}
	return a
}

// mustAppend appends, and fails the test if the store refuses the append.
func (t *storeTest) mustAppend(a ironstar.Append) ironstar.Receipt {
	t.Helper()
	o := t.append1(a)
	if o.Err != nil {
		t.Fatal(o.Err)
	}
	return o.Receipt
}

// append1 appends one append.
func (t *storeTest) append1(a ironstar.Append) ironstar.Outcome {
	t.Helper()
	outcomes := t.Append(t.ctx, a)
	if len(outcomes) != 1 {
		t.Fatalf("one append has %d outcomes", len(outcomes))
	}
	return outcomes[0]
}

// wantErr checks that an outcome is a refusal with the given reason.
func (t *storeTest) wantErr(o ironstar.Outcome, reason error) {
	t.Helper()
	if !errors.Is(o.Err, reason) {
		t.Errorf("outcome %+v, want error %q", o, reason)
	}
	if o.Receipt != (ironstar.Receipt{}) {
		t.Errorf("a refusal has receipt %+v", o.Receipt)
	}
}

// wantReceipt checks a receipt.
func (t *storeTest) wantReceipt(o ironstar.Outcome, want ironstar.Receipt) {
	t.Helper()
	if o.Err != nil || o.Receipt != want {
		t.Errorf("outcome %+v, want receipt %+v", o, want)
	}
}

// wantLog checks the payloads of the whole log, and that its positions are 1,
// 2, 3 …
func (t *storeTest) wantLog(payloads ...string) {
	t.Helper()
	records := t.all(t.Log(t.ctx, 0))
	t.wantPayloads(records, payloads...)
	for i, r := range records {
		if r.Position != ironstar.Position(i+1) {
			t.Errorf("record %d of the log has position %d", i, r.Position)
		}
	}
	head, err := t.Head(t.ctx)
	if err != nil || head != ironstar.Position(len(payloads)) {
		t.Errorf("head is %d, %v, want %d", head, err, len(payloads))
	}
}

// wantPayloads checks the payloads of records.
func (t *storeTest) wantPayloads(records []*ironstar.Record, payloads ...string) {
	t.Helper()
	var got []string
	for _, r := range records {
		got = append(got, string(r.Payload))
	}
	if !slices.Equal(got, payloads) {
		t.Errorf("payloads are %q, want %q", got, payloads)
	}
}

// all collects the records of a read.
func (t *storeTest) all(records iter.Seq2[*ironstar.Record, error]) []*ironstar.Record {
	t.Helper()
	var all []*ironstar.Record
	for r, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

// readErr returns the error that a read ends with.
func (t *storeTest) readErr(records iter.Seq2[*ironstar.Record, error]) error {
	t.Helper()
	var last error
	for r, err := range records {
		if last != nil {
			t.Errorf("a read went on after error %v", last)
		}
		if (r == nil) == (err == nil) {
			t.Errorf("a read yielded %v with error %v", r, err)
		}
		last = err
	}
	return last
}

// atOnce runs n functions at the same time and waits for them.
func atOnce(n int, f func(i int)) {
	var running atomic.Int64
	start, done := make(chan struct{}), make(chan struct{}) // closed, never sent to
	running.Store(int64(n))
	for i := range n {
		go func() {
			<-start
			f(i)
			if running.Add(-1) == 0 {
				close(done)
			}
		}()
	}
	close(start)
	<-done
}
