package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ironstar.dev"
)

// live is a process from when its state was read from the store until an error, a
// change by somebody else, or the end of the engine. All belongs to one goroutine.
type live[S any] struct {
	*process[S]
	states *states[S]
	parked map[string]bool
	outbox *outbox
	still  bool // paused or held: nothing is sent, no timer is due

	steps    int64             // that are stored
	position ironstar.Position // that it has reacted to
	saved    ironstar.Position // of the last step
	saveAt   time.Time         // when position is saved although there is nothing else to save; zero: it is saved
	step     *stepping         // the next one

	nextDue time.Time         // of timers; zero: none
	dueBy   time.Time         // timers up to this time are due, when position is at dueFrom
	dueFrom ironstar.Position // an event up to here may cancel one

	results chan sent // capacity maxFlying: who sends never waits
}

const (
	readAtOnce   = 256                   // events of a step
	saveEvery    = 10_000                // events after which the position is saved
	saveAfter    = time.Second           // or after this time
	standbyPause = 20 * time.Millisecond // until it is tried again while another server owns the store
	brokenPause  = time.Second           // after an error
	longestSleep = 10 * time.Second      // the clock may be changed meanwhile
	unsavedPause = 50 * time.Millisecond // after a step that was not stored, at first
	closingPause = 5 * time.Second       // for what is under way at the end
)

// run lives until the engine closes.
func (p *process[S]) run() {
	for p.engine.base.Err() == nil {
		err := p.live(p.engine.base)
		pause := brokenPause
		switch {
		case p.engine.base.Err() != nil:
			return
		case errors.Is(err, errStale):
			continue
		case errors.Is(err, errStandby):
			pause = standbyPause
		default:
			p.engine.opts.Logger.Error("a process stands still; trying again", "process", p.def.Name, "err", err)
		}
		select {
		case <-time.After(pause):
		case <-p.engine.base.Done():
		}
	}
}

// bounded runs a process, and returns a while after the engine closes also if hand-written
// code never returns.
func (e *Engine) bounded(p processor) {
	ended := make(chan struct{}) // closed, never sent to
	go func() {
		defer close(ended)
		p.run()
	}()
	<-e.base.Done()
	select {
	case <-ended:
	case <-time.After(2 * closingPause):
		e.opts.Logger.Error("the code of a process does not return; the engine closes without it", "process", p.info().Name)
	}
}

// poke implements processor.
func (p *process[S]) poke() {
	select {
	case p.poked <- struct{}{}:
	default:
	}
}

// settled implements processor.
func (p *process[S]) settled(head ironstar.Position) bool {
	return ironstar.Position(p.reached.Load()) >= head && p.unsent.Load() == 0
}

// errStandby means that another server owns the store.
var errStandby = errors.New("another server owns the store")

// live begins where the last step ended.
func (p *process[S]) live(base context.Context) error {
	ctx, end := context.WithCancel(base)
	defer end()
	p.lives++
	l := &live[S]{process: p, states: p.newStates(), parked: map[string]bool{}, outbox: newOutbox(), step: newStepping(p.def.Name), results: make(chan sent, maxFlying)}
	p.attempts.clear()
	defer p.reached.Store(-1)
	defer p.still.Store(false)
	if err := l.begin(ctx); err != nil {
		return err
	}
	records, failed := make(chan *ironstar.Record, readAtOnce), make(chan error, 1)
	followed := make(chan struct{})
	go func() {
		defer close(followed)
		failed <- l.follow(ctx, records)
	}()
	err := l.loop(ctx, records, failed)
	end()
	<-followed
	l.landed()
	return err
}

// landed waits for what is under way.
func (l *live[S]) landed() {
	for late := time.After(closingPause); l.outbox.flying > 0; l.outbox.flying-- {
		select {
		case <-l.results:
		case <-late:
			return
		}
	}
}

func (l *live[S]) follow(ctx context.Context, records chan<- *ironstar.Record) error {
	for r, err := range l.engine.store.Follow(ctx, l.position) {
		if err != nil {
			return err
		}
		select {
		case records <- r:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// begin reads what is stored of the process, and makes a step, which proves that this
// server owns the store.
func (l *live[S]) begin(ctx context.Context) error {
	stored, there, err := l.engine.store.Process(ctx, l.def.Name)
	if err != nil {
		return err
	}
	first := ironstar.Step{Process: l.def.Name, Expected: stored.Steps}
	if first.From, err = l.formerName(ctx); err != nil {
		return err
	}
	if !there && first.From == "" {
		if first, err = l.firstStep(ctx); err != nil {
			return err
		}
	}
	err = l.engine.store.Step(ctx, first)
	switch {
	case errors.Is(err, ironstar.ErrRetryable):
		return errStandby
	case errors.Is(err, ironstar.ErrConflict):
		return errStale
	case err != nil:
		return err
	case first.From != "":
		return errStale // there may be another former name
	}
	if stored, _, err = l.engine.store.Process(ctx, l.def.Name); err != nil {
		return err
	}
	l.steps, l.position, l.saved, l.still = stored.Steps, stored.Position, stored.Position, stored.Paused || stored.Held
	l.step.Position = l.position
	l.process.still.Store(l.still)
	if stored.Held {
		l.engine.opts.Logger.Warn("a process sends nothing: its database is a copy or was restored; see the command processes",
			"process", l.def.Name, "timers", stored.Timers, "outgoing", stored.Outgoing)
	}
	return l.load(ctx, stored)
}

// formerName returns a former name of the process under which something is stored, "" if
// there is none.
func (l *live[S]) formerName(ctx context.Context) (string, error) {
	for _, name := range l.def.Was {
		old, there, err := l.engine.store.Process(ctx, name)
		if err != nil {
			return "", err
		}
		if there {
			l.engine.opts.Logger.Info("a process carries on what waits under a former name", "process", l.def.Name, "former", name,
				"position", old.Position, "timers", old.Timers, "outgoing", old.Outgoing, "dead", old.Dead)
			return name, nil
		}
	}
	return "", nil
}

// firstStep returns the first step of a process.
func (l *live[S]) firstStep(ctx context.Context) (ironstar.Step, error) {
	first := ironstar.Step{Process: l.def.Name}
	if !l.def.Beginning {
		first.Position = l.engine.startedAt // not the head now: commands may have come since
	}
	all, err := l.engine.store.Processes(ctx)
	if held := slices.ContainsFunc(all, func(p ironstar.StoredProcess) bool { return p.Held }); held { // so it is a copy
		first.Held = &held
	}
	return first, err
}

// load reads what waits, and the states.
func (l *live[S]) load(ctx context.Context, stored ironstar.StoredProcess) error {
	failed, err := l.states.load(ctx, l.position)
	if err != nil {
		return err
	}
	for step, index := int64(0), -1; ; {
		some, err := l.engine.store.Outgoing(ctx, l.def.Name, false, step, index, 1000)
		if err != nil {
			return err
		}
		for i := range some {
			l.outbox.add(&some[i])
			step, index = some[i].Step, some[i].Index
		}
		if len(some) < 1000 {
			break
		}
	}
	if stored.Parked > 0 {
		if err := l.unpark(ctx); err != nil {
			return err
		}
	}
	for key, err := range failed {
		if !l.parked[key] {
			l.park(key, l.position+1, err)
		}
	}
	_, l.nextDue, err = l.engine.store.Timers(ctx, l.def.Name, time.Time{}, 0)
	return err
}

// loop reacts to what happens.
func (l *live[S]) loop(ctx context.Context, records <-chan *ironstar.Record, failed <-chan error) error {
	clock := time.NewTimer(0)
	defer clock.Stop()
	for {
		if err := l.fire(ctx); err != nil {
			return err
		}
		if err := l.save(ctx); err != nil {
			return err
		}
		if err := l.launch(ctx); err != nil {
			return err
		}
		l.empty.Store(l.draining.Load() > 0 && l.outbox.flying == 0)
		unsent := l.outbox.flying
		if !l.still {
			unsent += len(l.outbox.ready)
		}
		l.unsent.Store(int64(unsent))
		l.reached.Store(int64(l.position))
		clock.Reset(l.sleep())
		var err error
		select {
		case r := <-records:
			err = l.take(ctx, r, records)
		case one := <-l.results:
			err = l.finish(ctx, one)
		case <-clock.C:
		case err = <-failed:
		case <-l.woken:
		case <-l.poked:
			err = errStale
		case <-ctx.Done():
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
	}
}

// sleep returns how long nothing happens by itself.
func (l *live[S]) sleep() time.Duration {
	until := time.Now().Add(longestSleep)
	for _, t := range []time.Time{l.saveAt, l.outbox.wakes()} {
		if !t.IsZero() && t.Before(until) {
			until = t
		}
	}
	if !l.still && l.dueBy.IsZero() && !l.nextDue.IsZero() && l.nextDue.Before(until) {
		until = l.nextDue
	}
	return time.Until(until)
}

// take reacts to a record and those that are there already.
func (l *live[S]) take(ctx context.Context, r *ironstar.Record, records <-chan *ironstar.Record) error {
	for n := 1; ; n++ {
		if err := l.react(ctx, r); err != nil {
			return err
		}
		if n == readAtOnce || l.step.full() {
			return nil
		}
		select {
		case r = <-records:
		default:
			return nil
		}
	}
}

// save makes a step if there is something to store.
func (l *live[S]) save(ctx context.Context) error {
	if l.step.empty() {
		switch {
		case l.position == l.saved:
			return nil
		case l.saveAt.IsZero():
			l.saveAt = time.Now().Add(saveAfter)
			return nil
		case l.position-l.saved < saveEvery && time.Now().Before(l.saveAt):
			return nil
		}
	}
	return l.commit(ctx)
}

// commit makes the step. It tries again until the step is stored or somebody else has
// made it.
func (l *live[S]) commit(ctx context.Context) error {
	one := l.step.finished(l.steps)
	for pause := unsavedPause; ; pause = min(2*pause, brokenPause) {
		err := l.engine.store.Step(ctx, *one)
		if err == nil {
			break
		}
		if !errors.Is(err, ironstar.ErrRetryable) {
			if errors.Is(err, ironstar.ErrConflict) || errors.Is(err, ironstar.ErrUnknown) {
				err = errStale // also if it may be stored: what is stored says how to go on
			}
			return err
		}
		if pause == unsavedPause {
			l.engine.opts.Logger.Warn("a step of a process is not stored; trying again", "process", l.def.Name, "err", err)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.steps++
	l.saved, l.saveAt = one.Position, time.Time{}
	for i := range one.Out {
		l.outbox.add(&one.Out[i])
	}
	for _, t := range one.Set {
		if l.nextDue.IsZero() || t.At.Before(l.nextDue) {
			l.nextDue = t.At
		}
	}
	l.step = newStepping(l.def.Name)
	l.step.Position = l.position
	return nil
}

// finish takes the outcome of an attempt, and of those that are there already.
func (l *live[S]) finish(ctx context.Context, one sent) error {
	var through []*waiting
	for more := true; more; {
		l.outbox.flying--
		done, err := l.answered(ctx, one)
		if err != nil {
			return err
		}
		if done {
			through = append(through, one.line)
			l.attempts.end(one.row.ID)
		}
		if l.step.full() {
			break
		}
		select {
		case one = <-l.results:
		default:
			more = false
		}
	}
	if len(through) == 0 {
		return nil
	}
	if err := l.commit(ctx); err != nil {
		return err
	}
	for _, line := range through { // only now the next of its key, which comes after it also after a crash
		l.outbox.through(line)
	}
	return nil
}

// fire lets the timers that are due lead to something. An event that is stored
// already may cancel one, so the process reacts to all that is stored first.
func (l *live[S]) fire(ctx context.Context) error {
	now := time.Now()
	if l.still || l.dueBy.IsZero() && (l.nextDue.IsZero() || now.Before(l.nextDue)) {
		return nil
	}
	if l.dueBy.IsZero() {
		head, err := l.engine.store.Head(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", errRead, err)
		}
		l.dueBy, l.dueFrom = now, head
	}
	if l.position < l.dueFrom {
		return nil
	}
	if !l.step.empty() { // it may set or cancel timers
		if err := l.commit(ctx); err != nil {
			return err
		}
	}
	due, next, err := l.engine.store.Timers(ctx, l.def.Name, l.dueBy, readAtOnce)
	if err != nil {
		return fmt.Errorf("%w: %w", errRead, err)
	}
	for i := range due {
		if err := l.due(ctx, &due[i]); err != nil {
			return err
		}
	}
	l.nextDue, l.dueBy = next, time.Time{} // an event that was stored meanwhile may cancel the rest
	if l.step.empty() {
		return nil
	}
	return l.commit(ctx)
}
