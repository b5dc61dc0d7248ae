package engine

import (
	"errors"
	"fmt"

	"ironstar.dev"
)

// decideAll answers the commands that wait for one aggregate, in their order:
//
//	load           gets the state: from memory, a snapshot or the stream
//	decideBatch    decides each command on the state after the one before it,
//	               and hands all their events to the store at once
//	answerBatch    answers each command by the outcome of its append
//
// Every answer depends on a stored state, also refusals and answers without
// events: if one of the appends is not stored, the state is dropped, and the
// commands from there on are decided again. decideAll returns the state that is
// stored at the end, or nil if that is not known.
func (h *runner[S, C, E]) decideAll(s ironstar.Stream, jobs []*job[C]) (now *current[S]) {
	for len(jobs) > 0 {
		var err error
		if now == nil {
			now, err = h.load(s)
		}
		if err != nil {
			for _, j := range jobs {
				if !j.answerByOutcome() {
					j.answer(ironstar.Receipt{}, err)
				}
			}
			return nil
		}
		answered, asStored := h.decideBatch(s, now, jobs)
		if !asStored {
			now = nil
		}
		jobs = jobs[answered:]
	}
	return now
}

// batch holds the decisions that are made together, on one growing state.
type batch[C any] struct {
	decisions []decision[C]
	appends   []ironstar.Append
	outcomes  []ironstar.Outcome // one for each append
	broken    bool               // the state cannot be used any longer
}

// decision is one command of a batch and its append.
type decision[C any] struct {
	job    *job[C]
	append int // index of its append in the batch; -1 if there are no events
}

// decideBatch decides as many of the jobs as it can and stores their events. It
// returns how many jobs are answered, and whether now is the stored state. If no
// job is answered, the first one has used up one of its tries.
func (h *runner[S, C, E]) decideBatch(s ironstar.Stream, now *current[S], jobs []*job[C]) (answered int, asStored bool) {
	h.engine.states.Invalidate(s) // until the new state is known to be stored
	var b batch[C]
	ids := map[string]bool{}
	for _, j := range jobs {
		if id := j.Metadata.CommandID; id != "" {
			if ids[id] {
				break // it gets the receipt of the first one when that is stored
			}
			ids[id] = true
		}
		h.decide(s, now, j, &b)
		if b.broken {
			break
		}
	}
	if len(b.appends) > 0 {
		b.outcomes = h.engine.append(b.appends)
	}
	answered, asStored = h.answerBatch(now, &b)
	return answered, asStored && !b.broken
}

// append stores events. Before the first ones, the store gets to know the rules of
// uniqueness.
func (e *Engine) append(appends []ironstar.Append) []ironstar.Outcome {
	ctx := e.base // reading the log for values must not hold up the end
	if len(e.claims.rules) == 0 {
		ctx = e.storing()
	}
	if err := e.followClaims(ctx); err != nil {
		outcomes := make([]ironstar.Outcome, len(appends))
		for i := range outcomes {
			outcomes[i].Err = fmt.Errorf("%w: %w", ironstar.ErrRetryable, err)
		}
		return outcomes
	}
	return e.store.Append(e.storing(), appends...)
}

// decide adds the decision of one command to a batch and folds its events into
// now. Events before it may not be stored yet, so their positions are not known:
// answerBatch completes the receipts of commands without events.
func (h *runner[S, C, E]) decide(s ironstar.Stream, now *current[S], j *job[C], b *batch[C]) {
	events := h.decideOne(s, now, j, b)
	d := decision[C]{job: j, append: -1}
	if len(events) > 0 {
		d.append = len(b.appends)
		b.appends = append(b.appends, ironstar.Append{
			Stream: s, Expected: now.version - ironstar.Version(len(events)),
			Events: events, Metadata: j.Metadata, Request: j.Request, Requires: j.requires,
		})
	}
	b.decisions = append(b.decisions, d)
}

// decideOne returns the events of a command. If there are none, it answers the job.
func (h *runner[S, C, E]) decideOne(s ironstar.Stream, now *current[S], j *job[C], b *batch[C]) []ironstar.Proposed {
	if j.answerByOutcome() {
		return nil
	}
	if err := j.ctx.Err(); err != nil {
		j.answer(ironstar.Receipt{}, fmt.Errorf("%s: not decided: %w", s, err))
		return nil
	}
	if receipt, found, err := now.recent.find(j.Metadata.CommandID, j.Request); found || err != nil {
		j.answer(receipt, err)
		return nil
	}
	j.tries++
	j.answer(ironstar.Receipt{}, nil)
	events, err := h.askDecider(s, now, j)
	if p := (*panicked)(nil); errors.As(err, &p) {
		b.broken = true // decide or evolve may have changed a part of the state
		err = &PanicError{Stream: s, Command: fmt.Sprintf("%T", j.Data), Value: p.value, Stack: p.stack}
	}
	if err == nil && len(events) > 0 {
		now.version += ironstar.Version(len(events))
		return events
	}
	// There is no append, in which the store would look up the command id.
	if receipt, found, err := h.known(s, j); found || err != nil {
		j.answer(receipt, err)
		return nil
	}
	if err != nil {
		j.answer(ironstar.Receipt{}, err)
	}
	return nil
}

// askDecider decides a command, encodes its events, decodes them again and folds
// them into now. If it returns an error that is not a panic, now is unchanged. A
// panic is an error of its command only.
func (h *runner[S, C, E]) askDecider(s ironstar.Stream, now *current[S], j *job[C]) (proposed []ironstar.Proposed, err error) {
	states, requires, release, err := h.readStates(s, now, j.Data)
	if err != nil {
		return nil, err
	}
	defer release()
	j.requires = requires
	err = guarded(func() error {
		events, err := h.aggregate.Decide(now.state, j.Data, states)
		if err != nil {
			return err
		}
		if err := j.ctx.Err(); err != nil { // the time for deciding is over
			return fmt.Errorf("%s: decided too late: %w", s, err)
		}
		var stored []E
		for i, e := range events {
			p, back, err := ironstar.AsStored(&h.aggregate.Codec, s, now.version+ironstar.Version(i)+1, e)
			if err != nil {
				return &EventError{Stream: s, Command: fmt.Sprintf("%T", j.Data), Event: fmt.Sprintf("%T", e), Reason: err.Error()}
			}
			p.Claims = claimsOf(h.aggregate.Unique, back, p.Final)
			proposed, stored = append(proposed, p), append(stored, back...)
		}
		for _, e := range stored {
			if now.state, err = ironstar.Next(&h.aggregate, now.state, e); err != nil {
				panic(err) // events before it may have changed the state
			}
		}
		for _, p := range proposed {
			now.foldedBytes += len(p.Payload)
		}
		return nil
	})
	return proposed, err
}

// answerBatch answers the commands of a batch by the outcomes of their appends. It
// returns how many are answered, and whether now is the stored state. It stops at
// the first append that the store did not store as it was decided.
func (h *runner[S, C, E]) answerBatch(now *current[S], b *batch[C]) (answered int, asStored bool) {
	version := now.version - eventsOf(b.appends)
	for i, d := range b.decisions {
		j := d.job
		if d.append < 0 {
			if j.err == nil && j.receipt == (ironstar.Receipt{}) {
				j.receipt = ironstar.Receipt{Last: now.last, Version: version}
			}
			continue
		}
		a, out := b.appends[d.append], b.outcomes[d.append]
		if out.Err != nil {
			b.keepOutcomes(i + 1)
			if isFinal(out.Err) || j.tries > h.engine.opts.Retries {
				j.answer(ironstar.Receipt{}, refusalOf(h.aggregate.Unique, out.Err))
				return i + 1, false
			}
			return i, false
		}
		j.answer(out.Receipt, nil)
		h.engine.sawHead(out.Receipt.Last)
		if out.Receipt.Version != a.Expected+ironstar.Version(len(a.Events)) {
			b.keepOutcomes(i + 1)
			return i + 1, false // this command id was stored earlier
		}
		now.last, version = out.Receipt.Last, out.Receipt.Version
		now.recent.add(j.Metadata.CommandID, j.Request, out.Receipt)
	}
	return len(b.decisions), true
}

// keepOutcomes records the outcomes of the decisions after a failed one, if their
// events are stored or may be: such commands must not be decided a second time.
func (b *batch[C]) keepOutcomes(from int) {
	for _, d := range b.decisions[from:] {
		if d.append < 0 {
			continue
		}
		if out := b.outcomes[d.append]; out.Err == nil || errors.Is(out.Err, ironstar.ErrUnknown) {
			d.job.outcome = &out
		}
	}
}

// answerByOutcome answers a job with its outcome in an earlier batch, and reports
// whether there is one.
func (j *job[C]) answerByOutcome() bool {
	if j.outcome == nil {
		return false
	}
	j.answer(j.outcome.Receipt, j.outcome.Err)
	return true
}

func eventsOf(appends []ironstar.Append) ironstar.Version {
	n := 0
	for _, a := range appends {
		n += len(a.Events)
	}
	return ironstar.Version(n)
}
