package sqlite

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"ironstar.dev"
)

// This test is inside the package because a COMMIT that fails after it took
// effect cannot be caused from outside. sync_linux_test.go tests failures
// before that.

// writerAlone returns a writer whose goroutine does not run, with a reader
// connection.
func writerAlone(t *testing.T) *writer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log.db")
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	w, err := newWriter(path, Options{}.withDefaults(), func(ironstar.Position, []row, int64) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.closeConn() })
	reads, err := openPool(1, func() (*readConn, error) { return openReadConn(path) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reads.close() })
	return w
}

// outcomeBatch has each kind of outcome: stored with and without a command id,
// the same command again, refused, and nothing to store.
func outcomeBatch(t *testing.T) []*pending {
	t.Helper()
	event := ironstar.Proposed{Type: "Added", SchemaVersion: 1, Shape: "s", Payload: []byte(`{}`)}
	a := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: "a"}, Events: []ironstar.Proposed{event, event}}
	b := ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: "b"}, Events: []ironstar.Proposed{event}}
	b.Metadata.CommandID = "c"
	nothing := ironstar.Append{Stream: a.Stream, Expected: 2}
	batch := []*pending{}
	for _, x := range []ironstar.Append{a, b, b, a, nothing} {
		p := &pending{Append: x}
		if err := p.encode(); err != nil {
			t.Fatal(err)
		}
		batch = append(batch, p)
	}
	return batch
}

var errCommit = errors.New("made up error of COMMIT")

// decideAll runs a batch up to its COMMIT.
func decideAll(t *testing.T, w *writer, batch []*pending) {
	t.Helper()
	if err := w.conn.beginBatch(); err != nil {
		t.Fatal(err)
	}
	if err := w.conn.decideBatch(batch); err != nil {
		t.Fatal(err)
	}
}

func wantOutcomes(t *testing.T, batch []*pending, want ...error) {
	t.Helper()
	for i, p := range batch {
		if !errors.Is(p.out.Err, want[i]) || (p.out.Err == nil) != (want[i] == nil) {
			t.Errorf("append %d: %+v, want error %v", i, p.out, want[i])
		}
	}
}

func TestCommitOutcomeStored(t *testing.T) {
	w, batch := writerAlone(t), outcomeBatch(t)
	decideAll(t, w, batch)
	if err := exec(w.conn.commit); err != nil {
		t.Fatal(err)
	}
	before := fmt.Sprint(batch[0].out, batch[1].out, batch[2].out, batch[4].out)
	w.resolveCommit(batch, errCommit)
	wantOutcomes(t, batch, nil, nil, nil, ironstar.ErrRetryable, nil)
	if after := fmt.Sprint(batch[0].out, batch[1].out, batch[2].out, batch[4].out); after != before {
		t.Errorf("outcomes are %s, were %s", after, before)
	}
}

func TestCommitOutcomeNotStored(t *testing.T) {
	w, batch := writerAlone(t), outcomeBatch(t)
	decideAll(t, w, batch)
	w.resolveCommit(batch, errCommit)
	retry := ironstar.ErrRetryable
	wantOutcomes(t, batch, retry, retry, retry, retry, retry)
	// The writer continues to work.
	again := outcomeBatch(t)
	w.storeBatch(again)
	wantOutcomes(t, again, nil, nil, nil, ironstar.ErrConflict, nil)
	if first := again[0].out.Receipt.First; first != 1 {
		t.Errorf("first position is %d, want 1", first)
	}
}

// Events of another append at the same positions are not mistaken for the
// batch's.
func TestCommitOutcomeStoredByAnother(t *testing.T) {
	w, batch, others := writerAlone(t), outcomeBatch(t), outcomeBatch(t)
	for _, p := range others {
		p.Stream.ID += "x"
	}
	decideAll(t, w, batch)
	if err := exec(w.conn.rollback); err != nil {
		t.Fatal(err)
	}
	w.storeBatch(others)
	w.conn.headBefore = 0
	w.resolveCommit(batch, errCommit)
	retry := ironstar.ErrRetryable
	wantOutcomes(t, batch, retry, retry, retry, retry, retry)
}

func TestCommitOutcomeUnknown(t *testing.T) {
	w, batch := writerAlone(t), outcomeBatch(t)
	decideAll(t, w, batch)
	w.path = filepath.Join(w.path, "cannot be opened")
	w.resolveCommit(batch, errCommit)
	unknown := ironstar.ErrUnknown
	wantOutcomes(t, batch, unknown, unknown, unknown, ironstar.ErrRetryable, unknown)
	if !errors.Is(batch[0].out.Err, errCommit) {
		t.Errorf("outcome does not say why: %v", batch[0].out.Err)
	}
}

// An append without events is not recorded under its command id; one after it
// may be.
func TestCommitOutcomeWithoutEventsUnderAnIDThatIsUsedLater(t *testing.T) {
	w, batch := writerAlone(t), outcomeBatch(t)
	nothing, used := batch[4], &pending{Append: batch[1].Append}
	nothing.Metadata.CommandID = "d"
	used.Stream, used.Expected, used.Metadata = nothing.Stream, 2, nothing.Metadata
	for _, reused := range []bool{false, true} {
		if reused {
			nothing.Expected, used.Expected = 3, 3
			nothing.Metadata.CommandID, used.Metadata.CommandID = "e", "e"
			used.Request[0]++
		}
		if err := used.encode(); err != nil {
			t.Fatal(err)
		}
		some := []*pending{nothing, used}
		if !reused {
			some = []*pending{batch[0], nothing, used}
		}
		decideAll(t, w, some)
		if err := exec(w.conn.commit); err != nil {
			t.Fatal(err)
		}
		w.resolveCommit(some, errCommit)
		wantOutcomes(t, some, make([]error, len(some))...)
	}
}

// TestCommitOutcomeWhenAnIDIsUsedInTheSameBatch: a COMMIT fails after it took
// effect. The batch has an append without events, and one that used the first
// one's command id for something else.
func TestCommitOutcomeWhenAnIDIsUsedInTheSameBatch(t *testing.T) {
	w, batch := writerAlone(t), outcomeBatch(t)
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
	decideAll(t, w, mine)
	if err := exec(w.conn.commit); err != nil {
		t.Fatal(err)
	}
	w.resolveCommit(mine, errCommit)
	wantOutcomes(t, mine, nil, nil, nil)
}

// An append without events that requires what another one of the batch stores
// depends on that COMMIT.
func TestCommitOutcomeOfRequiredStreams(t *testing.T) {
	for name, path := range map[string]string{"not stored": "", "unknown": "cannot be opened"} {
		w, batch := writerAlone(t), outcomeBatch(t)[:1]
		requires := &pending{Append: ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: "x"}, Requires: []ironstar.Required{{Stream: batch[0].Stream, Version: 2}}}}
		if err := requires.encode(); err != nil {
			t.Fatal(err)
		}
		batch = append(batch, requires)
		decideAll(t, w, batch)
		if requires.out.Err != nil {
			t.Fatalf("%s: %v", name, requires.out.Err)
		}
		w.path = filepath.Join(w.path, path)
		w.resolveCommit(batch, errCommit)
		if !errors.Is(requires.out.Err, ironstar.ErrRetryable) {
			t.Errorf("%s: %+v, want an error that can be retried", name, requires.out)
		}
	}
}

// A claim is stored with its event: if that is not stored, the value is free.
func TestG22_CommitOutcomeOfClaims(t *testing.T) {
	rule := ironstar.ClaimRule{Kind: "k", Name: "Handle"}
	taking := func(id string) *pending {
		p := &pending{Append: ironstar.Append{Stream: ironstar.Stream{Kind: "k", ID: id}, Events: []ironstar.Proposed{{
			Type: "Added", SchemaVersion: 1, Payload: []byte(`{}`), Claims: []ironstar.Claim{{Rule: rule.Name, Value: "ada"}},
		}}}}
		if err := p.encode(); err != nil {
			t.Fatal(err)
		}
		return p
	}
	w := writerAlone(t)
	if err := w.transact(w.conn, nil, func(c *writeConn) error { _, err := c.declare([]ironstar.ClaimRule{rule}); return err }); err != nil {
		t.Fatal(err)
	}
	w.drop(errCommit) // the next batch opens a connection, which knows the rule
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	batch := []*pending{taking("a"), taking("b")}
	decideAll(t, w, batch)
	w.resolveCommit(batch, errCommit)
	wantOutcomes(t, batch, ironstar.ErrRetryable, ironstar.ErrRetryable)
	again := []*pending{taking("b"), taking("a")}
	w.storeBatch(again)
	wantOutcomes(t, again, nil, ironstar.ErrTaken)
}

// TestRulesAreDeclaredAfterAFailedWrite: no append opens the connection again before
// the rules are declared, so declaring them does.
func TestRulesAreDeclaredAfterAFailedWrite(t *testing.T) {
	w := writerAlone(t)
	w.drop(errCommit)
	nothing := func(*writeConn) error { return nil }
	if err, _ := w.carryOut(&work{do: nothing, canceled: make(chan struct{})}); !errors.Is(err, ironstar.ErrRetryable) {
		t.Errorf("other work is done: %v", err)
	}
	if err, _ := w.carryOut(&work{do: nothing, opens: true, canceled: make(chan struct{})}); err != nil {
		t.Errorf("rules cannot be declared: %v", err)
	}
}
