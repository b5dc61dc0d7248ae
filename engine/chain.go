package engine

import (
	"errors"
	"fmt"

	"ironstar.dev"
)

// chain decides commands one after the other on the growing state, hands what
// they lead to to the store together, and answers them. Every answer, refusals
// and no-ops too, stands on a state that is stored: if one of the appends is
// not, the state is dropped and the commands from there on are decided again.
func (h *runner[S, C, E]) chain(s ironstar.Stream, jobs []*job[C]) {
	for len(jobs) > 0 {
		now, err := h.load(s)
		if err != nil {
			for _, j := range jobs {
				if !j.heard() {
					j.answer(ironstar.Receipt{}, err)
				}
			}
			return
		}
		n := h.round(s, now, jobs)
		jobs = jobs[n:]
	}
}

// step is one command of a round and what decide made of it.
type step[C any] struct {
	job    *job[C]
	append int // index of its append in the batch; -1 for none
}

// round decides as many of the jobs as it can and returns how many have their
// answer: at least one, or one try less.
func (h *runner[S, C, E]) round(s ironstar.Stream, now *current[S], jobs []*job[C]) int {
	h.states.Invalidate(s.ID) // until it is known to be stored
	var steps []step[C]
	var batch []ironstar.Append
	broken := false
	ids := map[string]bool{}
	for _, j := range jobs {
		if id := j.meta.CommandID; id != "" {
			if ids[id] {
				break // it gets the first one's receipt, when that is stored
			}
			ids[id] = true
		}
		st := step[C]{job: j, append: -1}
		proposed, done := h.decide(s, now, j, &broken)
		if !done && len(proposed) > 0 {
			st.append = len(batch)
			batch = append(batch, ironstar.Append{
				Stream: s, Expected: now.version - ironstar.Version(len(proposed)),
				Events: proposed, Metadata: j.meta, Request: j.request,
			})
		}
		steps = append(steps, st)
		if broken {
			break
		}
	}
	var outcomes []ironstar.Outcome
	if len(batch) > 0 {
		outcomes = h.engine.store.Append(h.engine.storing(), batch...)
	}
	answered, asStored := h.settle(now, steps, batch, outcomes)
	if asStored && !broken {
		h.states.Set(s.ID, now)
	}
	return answered
}

// decide runs one command and folds its events into now. done says that the
// job has an answer that needs no append of its own; broken that now cannot be
// used any more. The position of events that are not stored yet is not known:
// receipts of no-ops are completed by settle.
func (h *runner[S, C, E]) decide(s ironstar.Stream, now *current[S], j *job[C], broken *bool) (_ []ironstar.Proposed, done bool) {
	if j.heard() {
		return nil, true
	}
	if err := j.ctx.Err(); err != nil {
		j.answer(ironstar.Receipt{}, fmt.Errorf("%s: not decided: %w", s, err))
		return nil, true
	}
	if receipt, found, err := now.recent.find(j.meta.CommandID, j.request); found || err != nil {
		j.answer(receipt, err)
		return nil, true
	}
	j.tries++
	j.answer(ironstar.Receipt{}, nil)
	proposed, err := h.ask(s, now, j)
	if p := (*panicked)(nil); errors.As(err, &p) {
		*broken = true // decide or evolve may have left anything behind
		err = &PanicError{Stream: s, Command: fmt.Sprintf("%T", j.command), Value: p.value, Stack: p.stack}
	}
	if err != nil || len(proposed) == 0 {
		// Nothing to store, so nobody else will see that it is stored already.
		if receipt, found, err := h.known(s, j); found || err != nil {
			j.answer(receipt, err)
			return nil, true
		}
	}
	if err != nil {
		j.answer(ironstar.Receipt{}, err)
		return nil, true
	}
	now.version += ironstar.Version(len(proposed))
	return proposed, false
}

// ask decides, encodes, and folds the events into now, or does not touch now.
// A panic is an error of its command only.
func (h *runner[S, C, E]) ask(s ironstar.Stream, now *current[S], j *job[C]) (proposed []ironstar.Proposed, err error) {
	err = guarded(func() error {
		events, err := h.aggregate.Decide(now.state, j.command)
		if err != nil {
			return err
		}
		if err := j.ctx.Err(); err != nil { // the time for deciding is over
			return fmt.Errorf("%s: decided too late: %w", s, err)
		}
		for _, e := range events {
			p, err := h.aggregate.Codec.Encode(e)
			if err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
			proposed = append(proposed, p)
		}
		for _, e := range events {
			now.state = h.aggregate.Evolve(now.state, e)
		}
		return nil
	})
	return proposed, err
}

// settle answers the steps by what became of their appends. It returns how many
// have their answer, and whether now is what is stored: it is not after the
// first append that the store did not take as it was decided.
func (h *runner[S, C, E]) settle(now *current[S], steps []step[C], batch []ironstar.Append, outcomes []ironstar.Outcome) (answered int, asStored bool) {
	version := now.version - pendingEvents(batch)
	for i, st := range steps {
		j := st.job
		if st.append < 0 {
			if j.err == nil && j.receipt == (ironstar.Receipt{}) {
				j.receipt = ironstar.Receipt{Last: now.last, Version: version}
			}
			continue
		}
		a, out := batch[st.append], outcomes[st.append]
		if out.Err != nil {
			keep(steps[i+1:], outcomes)
			if isFinal(out.Err) || j.tries > h.engine.opts.Retries {
				j.answer(ironstar.Receipt{}, out.Err)
				return i + 1, false
			}
			return i, false
		}
		j.answer(out.Receipt, nil)
		h.engine.sawHead(out.Receipt.Last)
		if out.Receipt.Version != a.Expected+ironstar.Version(len(a.Events)) {
			keep(steps[i+1:], outcomes)
			return i + 1, false // stored before, under this command id
		}
		now.last, version = out.Receipt.Last, out.Receipt.Version
		now.recent.add(j.meta.CommandID, j.request, out.Receipt)
	}
	return len(steps), true
}

// keep keeps what the store said of steps behind one that failed, if it did not
// say that they are not stored: they are not to be decided a second time.
func keep[C any](steps []step[C], outcomes []ironstar.Outcome) {
	for _, st := range steps {
		if st.append < 0 {
			continue
		}
		if out := outcomes[st.append]; out.Err == nil || errors.Is(out.Err, ironstar.ErrUnknown) {
			st.job.kept = &out
		}
	}
}

// heard answers a job with what was kept of it.
func (j *job[C]) heard() bool {
	if j.kept == nil {
		return false
	}
	j.answer(j.kept.Receipt, j.kept.Err)
	return true
}

func pendingEvents(batch []ironstar.Append) ironstar.Version {
	n := 0
	for _, a := range batch {
		n += len(a.Events)
	}
	return ironstar.Version(n)
}
