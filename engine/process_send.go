package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ironstar.dev"
)

// sent is the outcome of one attempt to send something.
type sent struct {
	line   *waiting
	row    *ironstar.Outgoing
	answer ironstar.Action // of an effect; without a name nobody is told
	err    error
}

// Pauses between attempts grow from firstPause to longestPause.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = time.Minute
	longestTry   = time.Minute // of an effect
	afterTry     = time.Second // for its handler to return
)

// launch sends what may be sent now, each in a goroutine.
func (l *live[S]) launch(ctx context.Context) error {
	if l.still {
		return nil
	}
	for l.draining.Load() == 0 {
		line := l.outbox.next(time.Now())
		if line == nil {
			return nil
		}
		row, err := l.rowOf(ctx, line)
		if err != nil {
			l.outbox.flying--
			return err
		}
		line.tries++
		tries := line.tries
		l.attempts.begin(row.ID, tries)
		l.flying.Add(1)
		go func() {
			defer l.flying.Add(-1)
			l.results <- l.attempt(ctx, line, row, tries) // it has room for all that are under way
		}()
	}
	return nil
}

// rowOf returns the first of a line.
func (l *live[S]) rowOf(ctx context.Context, line *waiting) (*ironstar.Outgoing, error) {
	q := line.queue[0]
	if q.row != nil {
		return q.row, nil
	}
	some, err := l.engine.store.Outgoing(ctx, l.def.Name, false, q.step, q.index-1, 1)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRead, err)
	}
	if len(some) == 0 || some[0].Step != q.step || some[0].Index != q.index {
		return nil, errStale
	}
	return &some[0], nil
}

// attempt sends something once.
func (l *live[S]) attempt(ctx context.Context, line *waiting, row *ironstar.Outgoing, tries int) sent {
	one := sent{line: line, row: row}
	if row.Effect {
		one.answer, one.err = l.perform(ctx, row, tries)
	} else {
		one.err = guarded(func() error { return l.give(ctx, row) })
	}
	return one
}

// perform tries an effect once. It returns a while after the time for it is over, also if
// the handler does not: one that ignores its context must not take a place from others.
// No second attempt begins before the handler has returned.
func (l *live[S]) perform(ctx context.Context, row *ironstar.Outgoing, tries int) (ironstar.Action, error) {
	effect, ok := l.def.Effects[row.Name]
	if !ok {
		return ironstar.Action{}, fmt.Errorf("process %s has no effect %s", l.def.Name, row.Name)
	}
	until := row.Since.Add(effect.Within)
	if tries > 1 && time.Now().After(until) {
		return ironstar.Action{}, fmt.Errorf("%w %v", errTooLate, effect.Within)
	}
	if _, busy := l.underway.LoadOrStore(row.ID, true); busy {
		return ironstar.Action{}, errUnderWay
	}
	within, end := context.WithTimeout(ctx, longestTry)
	done := make(chan sent, 1) // for the only result
	l.flying.Add(1)
	go func() {
		defer l.flying.Add(-1)
		defer end()
		defer l.underway.Delete(row.ID)
		var one sent
		one.err = guarded(func() (err error) {
			one.answer, err = effect.Perform(within, ironstar.Try{Key: row.ID, Number: tries, Until: until}, row.Data)
			if err != nil {
				return tryAgain{err}
			}
			return nil
		})
		done <- one
	}()
	select {
	case one := <-done:
		return one.answer, one.err
	case <-within.Done():
	}
	select {
	case one := <-done:
		return one.answer, one.err
	case <-time.After(afterTry):
		return ironstar.Action{}, errUnderWay
	}
}

// errTooLate means that an effect was tried as long as it may be.
var errTooLate = errors.New("it was not done within")

// errUnderWay means that an earlier attempt at an effect has not returned: its handler
// ignores its context.
var errUnderWay = errors.New("its handler has not returned from an earlier attempt, although its context has ended")

// tryAgain is an error of an effect's handler.
type tryAgain struct{ error }

func (t tryAgain) Unwrap() error { return t.error }

// answered adds to the step what the outcome of an attempt leads to. through means
// that the row is through when the step is stored.
func (l *live[S]) answered(ctx context.Context, one sent) (through bool, err error) {
	var refusal ironstar.Refusal
	switch again := (tryAgain{}); {
	case one.err == nil:
		return true, l.conclude(one, []ironstar.Action{one.answer})
	case errors.As(one.err, &refusal) && !one.row.Effect:
		return l.refused(ctx, one, refusal)
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.As(one.err, &again), errors.Is(one.err, errUnderWay), mayWork(one.err):
		l.restAfter(one)
		return false, nil
	}
	l.bury(one, one.err)
	return true, nil
}

// mayWork reports whether a command that failed may work later.
func mayWork(err error) bool {
	var panicked *PanicError
	var event *EventError
	var invalid ironstar.Invalid
	switch {
	case errors.As(err, &panicked), errors.As(err, &event), errors.As(err, &invalid), errors.Is(err, errTooLate),
		errors.Is(err, ironstar.ErrFinal), errors.Is(err, ironstar.ErrTaken), errors.Is(err, ironstar.ErrStream),
		errors.Is(err, ironstar.ErrShape), errors.Is(err, ironstar.ErrCommandReused), errors.Is(err, ironstar.ErrUnknownCommand):
		return false
	}
	return errors.Is(err, ErrBusy) || errors.Is(err, ErrClosed) || errors.Is(err, ironstar.ErrRetryable) || errors.Is(err, ironstar.ErrUnknown) ||
		errors.Is(err, ironstar.ErrConflict) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// restAfter lets a line wait after a failure that may not last.
func (l *live[S]) restAfter(one sent) {
	pause := longestPause
	if one.line.tries < 12 {
		pause = min(pause, firstPause<<(one.line.tries-1))
	}
	next := time.Now().Add(pause/2 + rand.N(pause/2))
	l.outbox.rest(one.line, next)
	l.attempts.failed(one.row.ID, one.line.tries, next, one.err)
	if one.line.tries > 3 {
		l.engine.opts.Logger.Warn("a process cannot send something; it tries again", "process", l.def.Name, "key", one.row.Key,
			"name", one.row.Name, "to", receiver(one.row), "tries", one.line.tries, "pause", pause, "err", one.err)
	}
}

// conclude adds what an answer leads to, and that the row is through.
func (l *live[S]) conclude(one sent, actions []ironstar.Action) error {
	if len(actions) == 1 && actions[0].Name == "" {
		actions = nil
	}
	next := newStepping(l.def.Name)
	c := l.ofOutgoing(one.row, l.position)
	if err := errors.Join(next.add(one.row.Key, &c, actions), next.check()); err != nil {
		l.bury(one, err)
		return nil
	}
	l.step.merge(next)
	l.step.Done = append(l.step.Done, one.row.ID)
	return nil
}

// refused asks the process what it does about a refusal.
func (l *live[S]) refused(ctx context.Context, one sent, refusal ironstar.Refusal) (through bool, err error) {
	if l.parked[one.row.Key] { // its state is not known
		l.bury(one, fmt.Errorf("refused: %w; its key stands still: send it again when a build can react to its events", refusal))
		return true, nil
	}
	k, err := l.states.get(ctx, one.row.Key, l.position)
	if transient(err) {
		return false, err
	}
	var actions []ironstar.Action
	handled := false
	if err == nil {
		err = guarded(func() (err error) {
			actions, handled, err = l.def.Refused(one.row.Key, k.s, one.row, refusal)
			return err
		})
	}
	switch {
	case err != nil:
		l.bury(one, fmt.Errorf("refused: %w; and then: %w", refusal, err))
	case !handled:
		l.bury(one, fmt.Errorf("refused: %s: %w", refusal.Code(), refusal))
	default:
		return true, l.conclude(one, actions)
	}
	return true, nil
}

// bury lets something wait for a person, loudly.
func (l *live[S]) bury(one sent, err error) {
	l.step.Dead = append(l.step.Dead, ironstar.Dead{ID: one.row.ID, Reason: err.Error()})
	l.engine.opts.Logger.Error("what a process has to send waits for a person", "process", l.def.Name, "key", one.row.Key,
		"name", one.row.Name, "to", receiver(one.row), "id", one.row.ID, "err", err, "stack", stackOf(err))
}

// receiver is where a row goes, for people.
func receiver(row *ironstar.Outgoing) string {
	if row.Effect {
		return "the outside world"
	}
	return row.To.String()
}
