package query

import (
	"container/list"
	"context"
	"errors"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/broadcast"
)

// entry is a question with its parameters, and what is known about its answer. The lock
// of the cache guards it.
//
// Its answer is valid while the window is the same and no event that concerns the question
// was added to the source. So upTo moves on with the source while the answer is
// valid, and stays where it is as soon as the answer is not.
type entry struct {
	key     string
	source  source
	reads   []string
	compute computation
	fresh   time.Duration
	within  time.Duration
	window  *ironstar.Window // as the parameters say; nil: none
	round   time.Duration

	result *result
	upTo   ironstar.Position // the result is the answer for all events up to here

	running  *run
	finished uint64    // how many computations have ended, except those that were cancelled
	failed   error     // of the last one
	failures int       // in a row
	retry    time.Time // not before; after a failure

	watchers []*watcher
	waiters  int
	linger   time.Time     // until then the entry counts as waited for
	idle     *list.Element // in cache.idle, if it is not active

	invalidSince time.Time // the result lacks something since; the zero time: nothing
	shown        shown     // when it was updated last
	revision     uint64
	changed      broadcast.Broadcast // anything changed, upTo too
}

// shown is what readers see of an entry, except the position.
type shown struct {
	result *result
	err    string
	late   bool
}

// run is a computation under way.
type run struct{ cancel context.CancelFunc }

type watcher struct{ changed func() }

// lateAfter is how long an answer may lack something, in addition to its fresh, before it
// is said to be late.
const lateAfter = 2 * time.Second

// Retries after a failure wait for a second, then for twice as long each time.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// isActive reports whether something happens with an entry or is expected from it.
func (e *entry) isActive() bool { return len(e.watchers) > 0 || e.waiters > 0 || e.running != nil }

// isWanted reports whether an answer should be computed.
func (e *entry) isWanted(now time.Time) bool {
	return len(e.watchers) > 0 || e.waiters > 0 || now.Before(e.linger)
}

// isValid reports whether the result is what a computation would return now.
func (e *entry) isValid(s sourceState, now time.Time) bool {
	return e.result != nil && s.ready && s.changed <= e.upTo && sameWindow(e.result.window, windowAt(e.window, e.round, now))
}

// notBefore is when an answer may be computed again.
func (e *entry) notBefore() time.Time {
	if e.result != nil && e.retry.Before(e.result.at.Add(e.fresh)) {
		return e.result.at.Add(e.fresh)
	}
	return e.retry
}

// err returns why there is no newer answer.
func (e *entry) err(s sourceState) error {
	if s.err != nil {
		return s.err
	}
	return e.failed
}

// late returns how old the newest event is that the answer lacks, 0 if it lacks none or
// not for long.
func (e *entry) late(s sourceState, now time.Time) time.Duration {
	patience := e.fresh + lateAfter
	switch {
	case e.result == nil:
		return 0
	case !s.stalled.IsZero() && now.Sub(s.stalled) >= patience:
		return now.Sub(s.stalled)
	case e.invalidSince.IsZero() || now.Sub(e.invalidSince) < patience || s.changed <= e.upTo:
		return 0
	case s.newest.IsZero():
		return now.Sub(e.invalidSince)
	}
	return max(now.Sub(s.newest), time.Nanosecond)
}

// refresh brings the entry up to date with its source and the clock. It reports whether
// readers see something else.
func (e *entry) refresh(s sourceState, now time.Time) (other bool) {
	before := e.upTo
	if e.isValid(s, now) {
		e.upTo, e.invalidSince = max(e.upTo, s.position), time.Time{}
	} else if e.result != nil && e.invalidSince.IsZero() {
		e.invalidSince = now
	}
	is := shown{result: e.result, late: e.late(s, now) > 0}
	if err := e.err(s); err != nil {
		is.err = err.Error()
	}
	other = is != e.shown
	e.shown = is
	if other || e.upTo != before {
		e.changed.Send()
	}
	return other
}

// due returns when an active entry has to be updated again because of the clock alone.
func (e *entry) due(s sourceState, now time.Time) (next time.Time) {
	sooner := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	if e.running == nil {
		sooner(e.notBefore())
	}
	if moves(e.window) {
		sooner(windowAt(e.window, e.round, now).Until)
	}
	if !e.invalidSince.IsZero() {
		sooner(e.invalidSince.Add(e.fresh + lateAfter))
	}
	if !s.stalled.IsZero() {
		sooner(s.stalled.Add(e.fresh + lateAfter))
	}
	sooner(e.linger)
	return next
}

// finish takes what a computation returned.
func (e *entry) finish(r *result, err error, now time.Time) {
	e.running = nil
	if errors.Is(err, context.Canceled) {
		return // nobody waited, or all ends
	}
	e.finished++
	if err != nil {
		e.failed = err
		e.retry = now.Add(min(firstRetry<<min(e.failures, 10), lastRetry))
		e.failures++
		return
	}
	e.failed, e.failures, e.retry = nil, 0, time.Time{}
	// The source had everything up to upTo before the computation began, so the result
	// has it too, even if the source has not stored that it is so far.
	r.at = now
	e.result, e.upTo, e.invalidSince = r, max(e.upTo, r.position), time.Time{}
}
