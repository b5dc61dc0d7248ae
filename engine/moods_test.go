package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// TestG6_NoCommandIsLostOrDoubled gives commands to one hot diary and to some
// others, over a store in all kinds of moods. Clients that have a command id ask
// again until they have an answer. In the end each answer is held against the
// log.
func TestG6_NoCommandIsLostOrDoubled(t *testing.T) {
	moods := map[string]int{}
	kinds := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		file := openStore(t)
		defer file.Close() // now, not when all runs have ended
		seed := rapid.Uint64().Draw(rt, "seed")
		store := newMoody(file, seed, rapid.IntRange(1, 8).Draw(rt, "rarely")+1)
		o := engine.Options{Queue: rapid.IntRange(1, 64).Draw(rt, "queue"), States: rapid.IntRange(1, 8).Draw(rt, "states"), Retries: rapid.IntRange(0, 8).Draw(rt, "retries")}
		o.Retries++ // 0 would be the default
		e := engine.New(store, o)
		h := engine.Run(e, diaries())
		if err := e.Start(t.Context()); err != nil {
			rt.Fatal(err)
		}
		defer e.Close()
		var all sync.WaitGroup
		answers := make(chan written, 32*10) // one of each command: never full
		for client := range rapid.IntRange(1, 32).Draw(rt, "clients") {
			all.Go(func() {
				for _, w := range anyWrites(seed, client) {
					w.ask(t.Context(), h)
					answers <- w
				}
			})
		}
		all.Wait()
		close(answers)
		found, err := readPages(file.Log(t.Context(), 0))
		for w := range answers {
			err = errors.Join(err, w.check(found))
			kinds[w.kind()]++
		}
		if err != nil { // t, not rt: goroutines do not do the same again
			t.Fatalf("seed %d, moods %v, %+v: %v", seed, store.moods, o, err)
		}
		for mood, n := range store.moods {
			moods[mood] += n
		}
	})
	for _, want := range append(slices.Clone(appendMoods), "lookup", "stream") {
		if moods[want] == 0 && !testing.Short() {
			t.Errorf("the store was never in the mood %q", want)
		}
	}
	t.Logf("moods %v; answers %v", moods, kinds)
}

// written is a command and what its client got.
type written struct {
	writing
	stream   string
	id       bool // it has a command id, and is asked again
	receipts []ironstar.Receipt
	errs     []error
}

// anyWrites are the commands of one client.
func anyWrites(seed uint64, client int) (all []written) {
	r := rand.New(rand.NewPCG(seed, uint64(client)))
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	for n := range 1 + r.IntN(10) {
		all = append(all, written{
			writing: writing{
				cmd: fmt.Sprint(client, ".", n),
				do:  one("write", "write", "write", "write 3", "nothing", "refuse", "panic", "evolve", "late"),
			},
			stream: one("hot", "hot", "hot", "warm", fmt.Sprint("own-", client)),
			id:     r.IntN(4) > 0,
		})
	}
	return all
}

// ask gives the command, with an id until it is answered and once more.
func (w *written) ask(ctx context.Context, h engine.Handler[writing]) {
	if w.id {
		ctx = ironstar.WithMetadata(ctx, ironstar.Metadata{CommandID: "id " + w.cmd})
	}
	for len(w.errs) < 100 {
		c, ctx, cancel := w.writing, ctx, context.CancelFunc(nil)
		if w.do == "late" {
			ctx, cancel = context.WithCancel(ctx)
			c.during = cancel
		}
		r, err := h.Do(ctx, w.stream, c)
		if cancel != nil {
			cancel()
		}
		if errors.Is(err, engine.ErrBusy) {
			<-time.After(100 * time.Microsecond)
			continue
		}
		if err == nil {
			w.receipts = append(w.receipts, r)
		} else {
			w.errs = append(w.errs, err)
		}
		var no ironstar.Refusal
		var panicked *engine.PanicError
		if !w.id || errors.As(err, &no) || errors.As(err, &panicked) || errors.Is(err, context.Canceled) || len(w.receipts) == 2 {
			return
		}
	}
}

// kind says what became of a command, for the statistics.
func (w *written) kind() string {
	if len(w.receipts) > 0 {
		return fmt.Sprintf("%s after %d errors", w.do, min(len(w.errs), 3))
	}
	for _, known := range []error{ironstar.ErrUnknown, ironstar.ErrRetryable, ironstar.ErrConflict, context.Canceled, errMood} {
		if errors.Is(w.errs[len(w.errs)-1], known) {
			return known.Error()
		}
	}
	return w.do
}

// check holds the answers of a command against the log.
func (w *written) check(found *pages) error {
	at, there := found.byCommand[w.cmd]
	unknown := slices.ContainsFunc(w.errs, func(err error) bool { return errors.Is(err, ironstar.ErrUnknown) })
	writes := strings.HasPrefix(w.do, "write")
	for _, r := range w.receipts {
		switch {
		case writes && r != at:
			return fmt.Errorf("%s %q was acknowledged at %+v and is stored at %+v; errors %v", w.cmd, w.do, r, at, w.errs)
		case !writes && w.do != "nothing":
			return fmt.Errorf("%s %q was acknowledged: %+v", w.cmd, w.do, r)
		case w.do == "nothing" && !found.is(w.stream, r):
			return fmt.Errorf("%s was answered with %+v, which is not of one event of %s", w.cmd, r, w.stream)
		}
	}
	switch {
	case there && !writes:
		return fmt.Errorf("%s %q is stored at %+v", w.cmd, w.do, at)
	case there && len(w.receipts) == 0 && !unknown:
		return fmt.Errorf("%s was denied and is stored at %+v: %v", w.cmd, at, w.errs)
	case w.id && len(w.receipts) == 0 && (writes || w.do == "nothing"):
		return fmt.Errorf("%s has no answer: %v", w.cmd, w.errs)
	}
	for _, err := range w.errs {
		var no seenBy
		if errors.As(err, &no) && !found.was(w.stream, no.diary) {
			return fmt.Errorf("%s was refused on a state that %s never had: %v", w.cmd, w.stream, no)
		}
	}
	return nil
}

// is says whether a receipt without events is about one version of a stream.
func (p *pages) is(stream string, r ironstar.Receipt) bool {
	if r.First != 0 || r.Version == 0 {
		return r == ironstar.Receipt{}
	}
	events := p.byStream[stream]
	return int(r.Version) <= len(events) && events[r.Version-1].at == r.Last
}

// was says whether a stream had a state.
func (p *pages) was(stream string, s diary) bool {
	events := p.byStream[stream]
	return s == diary{} || s.n > 0 && s.n <= len(events) && events[s.n-1].Cmd == s.last
}
