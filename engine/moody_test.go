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

// moody is a store that answers as a store may: it cannot take an append, or
// loses the answer, or somebody else was faster.
type moody struct {
	ironstar.Store
	rarely int // one of so many calls is answered in a mood

	mu     sync.Mutex
	random *rand.Rand
	rivals int
	moods  map[string]int // how often there was which
}

func newMoody(s ironstar.Store, seed uint64, rarely int) *moody {
	return &moody{Store: s, rarely: rarely, random: rand.New(rand.NewPCG(seed, seed)), moods: map[string]int{}}
}

var errMood = errors.New("a mood")

// appendMoods are what can become of a batch.
var appendMoods = []string{"retry", "retry from", "retry one", "lost", "lost from", "unknown", "conflict", "rival", "rival of same length"}

// mood draws how a call is answered, and a number below n; "" is as it should be.
func (m *moody) mood(moods []string, n int) (string, int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.random.IntN(m.rarely) > 0 {
		return "", 0
	}
	mood := moods[m.random.IntN(len(moods))]
	m.moods[mood]++
	return mood, m.random.IntN(n)
}

func (m *moody) Append(ctx context.Context, batch ...ironstar.Append) []ironstar.Outcome {
	mood, k := m.mood(appendMoods, len(batch))
	outcomes := make([]ironstar.Outcome, len(batch))
	from, err := 0, error(nil) // all from there get the error
	switch mood {
	case "retry":
		err = ironstar.ErrRetryable
	case "retry from":
		copy(outcomes, m.Store.Append(ctx, batch[:k]...))
		from, err = k, ironstar.ErrRetryable
	case "retry one":
		copy(outcomes, m.Store.Append(ctx, batch[:k]...))
		outcomes[k].Err = fmt.Errorf("%w: %w", ironstar.ErrRetryable, errMood)
		copy(outcomes[k+1:], m.Store.Append(ctx, batch[k+1:]...))
		return outcomes
	case "lost", "lost from":
		outcomes = m.Store.Append(ctx, batch...)
		err = ironstar.ErrUnknown
		if mood == "lost from" {
			from = k
		}
	case "unknown":
		err = ironstar.ErrUnknown
	case "conflict":
		err = ironstar.ErrConflict
	case "rival", "rival of same length":
		n := 1 + k
		if mood != "rival" {
			n = len(batch[0].Events)
		}
		m.rival(ctx, batch[0], n)
		return m.Store.Append(ctx, batch...)
	default:
		return m.Store.Append(ctx, batch...)
	}
	for i := from; i < len(outcomes); i++ {
		outcomes[i] = ironstar.Outcome{Err: fmt.Errorf("%w: %w", err, errMood)}
	}
	return outcomes
}

// rival stores n events in the place of an append.
func (m *moody) rival(ctx context.Context, a ironstar.Append, n int) {
	m.mu.Lock()
	m.rivals++
	c := writing{cmd: fmt.Sprint("rival ", m.rivals)}
	m.mu.Unlock()
	state := diary{}
	for r, err := range m.Store.Stream(ctx, a.Stream, 0) {
		if err != nil {
			return
		}
		events, _ := diaries().Codec.Decode(r)
		state = state.fold(events[0])
	}
	mine := ironstar.Append{Stream: a.Stream, Expected: ironstar.Version(state.n)}
	for i := range n {
		e := wrote{Cmd: c.cmd, I: i, Of: n, After: state.n, Last: state.last}
		state = state.fold(e)
		p, err := diaries().Codec.Encode(e)
		if err != nil {
			panic(err)
		}
		mine.Events = append(mine.Events, p)
	}
	m.Store.Append(ctx, mine) // or it was not faster
}

func (m *moody) Command(ctx context.Context, s ironstar.Stream, id string, request [32]byte) (ironstar.Receipt, bool, error) {
	if mood, _ := m.mood([]string{"lookup", ""}, 1); mood != "" {
		return ironstar.Receipt{}, false, fmt.Errorf("%w: %w", ironstar.ErrRetryable, errMood)
	}
	return m.Store.Command(ctx, s, id, request)
}

func (m *moody) Stream(ctx context.Context, s ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error] {
	mood, _ := m.mood([]string{"stream", ""}, 1)
	return func(yield func(*ironstar.Record, error) bool) {
		n := 0
		for r, err := range m.Store.Stream(ctx, s, after) {
			if n++; mood != "" && n == 2 {
				yield(nil, errMood)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
