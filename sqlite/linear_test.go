package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/sqlite"
)

// call is one of many concurrent appends. Their order comes from a shared
// clock.
type call struct {
	ironstar.Append
	ironstar.Outcome
	begun, ended int64 // on the clock
	seen         ironstar.Position
}

// TestG3_G4_ConcurrentAppendsAreLinear: goroutines append to few streams, in
// batches and alone, some with shared command ids, some with contexts that end.
// There must be an order of all appends that explains each outcome: the log.
func TestG3_G4_ConcurrentAppendsAreLinear(t *testing.T) {
	const writers, perWriter = 16, 40
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"), sqlite.Options{Queue: 4, MaxBatch: 7})
	mustBe(t, err)
	defer s.Close()
	var clock atomic.Int64
	calls := make([][]call, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			known := map[ironstar.Stream]ironstar.Version{} // may be out of date
			for n := range perWriter {
				for _, c := range appendAtOnce(s, &clock, w, n, known) {
					calls[w] = append(calls[w], c)
					var conflict *ironstar.ConflictError
					switch {
					case c.Err == nil:
						known[c.Stream] = c.Receipt.Version
					case errors.As(c.Err, &conflict):
						known[c.Stream] = conflict.Actual
					}
				}
			}
		})
	}
	all.Wait()
	log := readAll(t, s)
	stored, conflicts := 0, 0
	for _, mine := range calls {
		for _, c := range mine {
			log.explain(t, c)
			if c.Err == nil {
				stored++
			} else if errors.Is(c.Err, ironstar.ErrConflict) {
				conflicts++
			}
		}
	}
	log.inRealTime(t, calls)
	if stored < 100 || conflicts < 100 {
		t.Errorf("%d stored, %d conflicts: the test tests nothing", stored, conflicts)
	}
}

// appendAtOnce appends one to three things in one call.
func appendAtOnce(s *sqlite.Store, clock *atomic.Int64, w, n int, known map[ironstar.Stream]ironstar.Version) []call {
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if rand.IntN(8) == 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(2000))*time.Microsecond)
	}
	defer cancel()
	var batch []ironstar.Append
	ahead := map[ironstar.Stream]ironstar.Version{}
	for i := range 1 + rand.IntN(3) {
		stream := ironstar.Stream{Kind: "k", ID: fmt.Sprint(rand.IntN(3))}
		a := ironstar.Append{Stream: stream, Expected: known[stream] + ahead[stream]}
		for e := range 1 + rand.IntN(2) {
			a.Events = append(a.Events, ironstar.Proposed{Type: "T", SchemaVersion: 1, Payload: fmt.Appendf(nil, `"%d.%d.%d.%d"`, w, n, i, e)})
		}
		if rand.IntN(3) == 0 {
			a.Metadata.CommandID = fmt.Sprint("c", rand.IntN(5+5*n))
		}
		ahead[stream] += ironstar.Version(len(a.Events))
		batch = append(batch, a)
	}
	calls := make([]call, len(batch))
	seen, _ := s.Head(context.Background())
	begun := clock.Add(1)
	outcomes := s.Append(ctx, batch...)
	ended := clock.Add(1)
	for i, o := range outcomes {
		calls[i] = call{batch[i], o, begun, ended, seen}
	}
	return calls
}

// linearLog is a log, indexed by payload and stream.
type linearLog struct {
	records  []*ironstar.Record
	position map[string]ironstar.Position
	streams  map[ironstar.Stream][]*ironstar.Record
}

func readAll(t *testing.T, s *sqlite.Store) *linearLog {
	t.Helper()
	l := &linearLog{position: map[string]ironstar.Position{}, streams: map[ironstar.Stream][]*ironstar.Record{}}
	for r, err := range s.Log(t.Context(), 0) {
		mustBe(t, err)
		l.records = append(l.records, r)
		if at, twice := l.position[string(r.Payload)]; twice || int(r.Position) != len(l.records) {
			t.Errorf("%s is at %d and %d", r.Payload, at, r.Position)
		}
		l.position[string(r.Payload)] = r.Position
		l.streams[r.Stream] = append(l.streams[r.Stream], r)
		if int(r.Sequence) != len(l.streams[r.Stream]) {
			t.Errorf("event %d of %s has sequence %d", len(l.streams[r.Stream]), r.Stream, r.Sequence)
		}
	}
	return l
}

// explain checks that the outcome of a call agrees with the log.
func (l *linearLog) explain(t *testing.T, c call) {
	t.Helper()
	var conflict *ironstar.ConflictError
	at, there := l.position[string(c.Events[0].Payload)]
	switch {
	case c.Err == nil && there:
		n := ironstar.Position(len(c.Events))
		if c.Receipt != (ironstar.Receipt{First: at, Last: at + n - 1, Version: c.Expected + ironstar.Version(n)}) || c.seen >= at {
			t.Errorf("%s was acknowledged at %+v and is at %d; the head was %d before", c.Events[0].Payload, c.Receipt, at, c.seen)
		}
		for i, e := range c.Events {
			if got := l.position[string(e.Payload)]; got != at+ironstar.Position(i) {
				t.Errorf("event %d of %s is at %d", i, c.Events[0].Payload, got)
			}
		}
	case c.Err == nil: // the receipt of another with its command id
		first := l.records[c.Receipt.First-1]
		m, err := first.Metadata()
		if err != nil || m.CommandID != c.Metadata.CommandID || m.CommandID == "" || first.Stream != c.Stream || l.records[c.Receipt.Last-1].Sequence != c.Receipt.Version {
			t.Errorf("%s got receipt %+v, where there is %s, %+v, %v", c.Events[0].Payload, c.Receipt, first.Payload, m, err)
		}
	case there:
		t.Errorf("%s was denied, %v, and is at %d", c.Events[0].Payload, c.Err, at)
	case errors.As(c.Err, &conflict):
		if int(conflict.Actual) > len(l.streams[c.Stream]) {
			t.Errorf("%s never had version %d", c.Stream, conflict.Actual)
		}
	case !errors.Is(c.Err, ironstar.ErrRetryable):
		t.Errorf("%s: %v", c.Events[0].Payload, c.Err)
	}
}

// inRealTime checks that an append that was answered before another call began
// precedes it in the log and is included in that call's outcome.
func (l *linearLog) inRealTime(t *testing.T, calls [][]call) {
	t.Helper()
	var all []call
	for _, mine := range calls {
		all = append(all, mine...)
	}
	for _, a := range all {
		if a.Err != nil {
			continue
		}
		for _, b := range all {
			if b.begun < a.ended {
				continue
			}
			_, fresh := l.position[string(b.Events[0].Payload)]
			var conflict *ironstar.ConflictError
			switch {
			case b.Err == nil && fresh && b.Receipt.First <= a.Receipt.Last:
				t.Errorf("at %d is what began after %d was acknowledged", b.Receipt.First, a.Receipt.Last)
			case errors.As(b.Err, &conflict) && a.Stream == b.Stream && conflict.Actual < a.Receipt.Version:
				t.Errorf("%s had version %d, and later was said to have %d", a.Stream, a.Receipt.Version, conflict.Actual)
			}
		}
	}
}
