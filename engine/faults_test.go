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

// TestG6_NoCommandIsLostOrDoubled sends commands to one hot history and to some
// others, over a store with all kinds of faults. Clients with a command id ask
// again until they have an answer. At the end each answer is compared with the
// log.
func TestG6_NoCommandIsLostOrDoubled(t *testing.T) {
	faults := map[string]int{}
	kinds := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		file := openStore(t)
		defer file.Close() // now, not when all runs have ended
		seed := rapid.Uint64().Draw(rt, "seed")
		store := newFaultyStore(file, seed, rapid.IntRange(1, 8).Draw(rt, "rarely")+1)
		o := engine.Options{Queue: rapid.IntRange(1, 64).Draw(rt, "queue"), StateBytes: rapid.Int64Range(1, 10).Draw(rt, "states") << 10, Retries: rapid.IntRange(0, 8).Draw(rt, "retries")}
		o.Retries++ // 0 would be the default
		e := engine.New(store, o)
		h := engine.Run(e, histories())
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
		found, err := readHistories(file.Log(t.Context(), 0))
		for w := range answers {
			err = errors.Join(err, w.check(found))
			kinds[w.kind()]++
		}
		if err != nil { // t, not rt: goroutines do not do the same again
			t.Fatalf("seed %d, faults %v, %+v: %v", seed, store.faults, o, err)
		}
		for fault, n := range store.faults {
			faults[fault] += n
		}
	})
	for _, want := range append(slices.Clone(appendFaults), "lookup", "stream") {
		if faults[want] == 0 && !testing.Short() {
			t.Errorf("the store was never in the fault %q", want)
		}
	}
	t.Logf("faults %v; answers %v", faults, kinds)
}

// written is a command and what its client got.
type written struct {
	writing
	stream   string
	id       bool // it has a command id and is repeated
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

// ask sends the command; with an id it repeats it until it is answered, and
// once more.
func (w *written) ask(ctx context.Context, h engine.Handler[writing]) {
	var metadata ironstar.Metadata
	if w.id {
		metadata.CommandID = "id " + w.cmd
	}
	for len(w.errs) < 100 {
		c, ctx, cancel := w.writing, ctx, context.CancelFunc(nil)
		if w.do == "late" {
			ctx, cancel = context.WithCancel(ctx)
			c.during = cancel
		}
		r, err := h.Handle(ctx, w.stream, ironstar.Command[writing]{Data: c, Metadata: metadata})
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

// kind returns the outcome of a command, for the statistics.
func (w *written) kind() string {
	if len(w.receipts) > 0 {
		return fmt.Sprintf("%s after %d errors", w.do, min(len(w.errs), 3))
	}
	for _, known := range []error{ironstar.ErrUnknown, ironstar.ErrRetryable, ironstar.ErrConflict, context.Canceled, errFault} {
		if errors.Is(w.errs[len(w.errs)-1], known) {
			return known.Error()
		}
	}
	return w.do
}

// check holds the answers of a command against the log.
func (w *written) check(found *foundEvents) error {
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
		if errors.As(err, &no) && !found.was(w.stream, no.history) {
			return fmt.Errorf("%s was refused on a state that %s never had: %v", w.cmd, w.stream, no)
		}
	}
	return nil
}

// is reports whether a receipt without events belongs to some version of a
// stream.
func (p *foundEvents) is(stream string, r ironstar.Receipt) bool {
	if r.First != 0 || r.Version == 0 {
		return r == ironstar.Receipt{}
	}
	events := p.byStream[stream]
	return int(r.Version) <= len(events) && events[r.Version-1].at == r.Last
}

// was reports whether a stream had a state.
func (p *foundEvents) was(stream string, s history) bool {
	events := p.byStream[stream]
	return s == history{} || s.n > 0 && s.n <= len(events) && events[s.n-1].Cmd == s.last
}
