package engine_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"sync"

	"ironstar.dev"
)

// faultyStore is a store with the faults that a store may have: it refuses an
// append, loses the answer, or another writer was faster.
type faultyStore struct {
	ironstar.Store
	rarely int // one of so many calls fails

	mu     sync.Mutex
	random *rand.Rand
	rivals int
	faults map[string]int // how often there was which
}

func newFaultyStore(s ironstar.Store, seed uint64, rarely int) *faultyStore {
	return &faultyStore{Store: s, rarely: rarely, random: rand.New(rand.NewPCG(seed, seed)), faults: map[string]int{}}
}

var errFault = errors.New("a fault")

// appendFaults are the possible faults of a batch.
var appendFaults = []string{"retry", "retry from", "retry one", "lost", "lost from", "unknown", "conflict", "rival", "rival of same length"}

// fault draws how a call is answered, and a number below n; "" is as it should be.
func (m *faultyStore) fault(faults []string, n int) (string, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.random.IntN(m.rarely) > 0 {
		return "", 0
	}
	fault := faults[m.random.IntN(len(faults))]
	m.faults[fault]++
	return fault, m.random.IntN(n)
}

func (m *faultyStore) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	fault, k := m.fault(appendFaults, len(batch))
	outcomes := make([]ironstar.Outcome, len(batch))
	from, err := 0, error(nil) // all from there get the error
	switch fault {
	case "retry":
		err = ironstar.ErrRetryable
	case "retry from":
		copy(outcomes, m.Store.Append(ctx, batch[:k]...))
		from, err = k, ironstar.ErrRetryable
	case "retry one":
		copy(outcomes, m.Store.Append(ctx, batch[:k]...))
		outcomes[k].Err = fmt.Errorf("%w: %w", ironstar.ErrRetryable, errFault)
		copy(outcomes[k+1:], m.Store.Append(ctx, batch[k+1:]...))
		return outcomes
	case "lost", "lost from":
		outcomes = m.Store.Append(ctx, batch...)
		err = ironstar.ErrUnknown
		if fault == "lost from" {
			from = k
		}
	case "unknown":
		err = ironstar.ErrUnknown
	case "conflict":
		err = ironstar.ErrConflict
	case "rival", "rival of same length":
		n := 1 + k
		if fault != "rival" {
			n = len(batch[0].Events)
		}
		m.rival(ctx, batch[0], n)
		return m.Store.Append(ctx, batch...)
	default:
		return m.Store.Append(ctx, batch...)
	}
	for i := from; i < len(outcomes); i++ {
		outcomes[i] = ironstar.Outcome{Err: fmt.Errorf("%w: %w", err, errFault)}
	}
	return outcomes
}

// rival stores n events in the place of an append.
func (m *faultyStore) rival(ctx context.Context, a ironstar.Append, n int) {
	m.mu.Lock()
	m.rivals++
	c := writing{cmd: fmt.Sprint("rival ", m.rivals)}
	m.mu.Unlock()
	state := history{}
	for r, err := range m.Store.Stream(ctx, a.Stream, 0) {
		if err != nil {
			return
		}
		events, _ := histories().Codec.Decode(r)
		state = state.fold(events[0])
	}
	mine := ironstar.Append{Stream: a.Stream, Expected: ironstar.Version(state.n)}
	for i := range n {
		e := wrote{Cmd: c.cmd, I: i, Of: n, After: state.n, Last: state.last}
		state = state.fold(e)
		p, err := histories().Codec.Encode(e)
		if err != nil {
			panic(err)
		}
		mine.Events = append(mine.Events, p)
	}
	m.Store.Append(ctx, mine) // or it was not faster
}

func (m *faultyStore) Command(ctx context.Context, s ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	if fault, _ := m.fault([]string{"lookup", ""}, 1); fault != "" {
		return ironstar.Receipt{}, false, fmt.Errorf("%w: %w", ironstar.ErrRetryable, errFault)
	}
	return m.Store.Command(ctx, s, id, request)
}

func (m *faultyStore) Stream(ctx context.Context, s ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	fault, _ := m.fault([]string{"stream", ""}, 1)
	return func(yield func(*ironstar.Record, error) bool) {
		n := 0
		for r, err := range m.Store.Stream(ctx, s, after) {
			if n++; fault != "" && n == 2 {
				yield(nil, errFault)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
