package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"

	"ironstar.dev"
)

// unpark tries again to react to the events of keys that stand still, and to events
// whose keys were not known. It is done once at the start, because another build may be
// able to.
func (l *live[S]) unpark(ctx context.Context) error {
	all, err := l.engine.store.Parked(ctx, l.def.Name)
	if err != nil {
		return err
	}
	var parked []ironstar.ParkedKey
	late := map[ironstar.Position]*lateEvent{}
	for _, k := range all {
		l.parked[k.Key] = true
		if at, unkeyed := k.Unkeyed(); unkeyed {
			late[at] = &lateEvent{key: k.Key, due: at >= k.Position}
		} else {
			parked = append(parked, k)
		}
	}
	if err := l.findKeys(ctx, late); err != nil {
		return err
	}
	if l.def.By != ironstar.ByStream || len(late) > 0 {
		return l.catchUp(ctx, l.engine.store.Log(ctx, 0), parked, late) // all of them at once: the log may be long
	}
	for i, k := range parked {
		stream := ironstar.Stream{Kind: l.def.Kinds[0], ID: k.Key}
		if err := l.catchUp(ctx, l.engine.store.Stream(ctx, stream, 0), parked[i:i+1], nil); err != nil {
			return err
		}
	}
	return nil
}

// lateEvent is an event whose keys were not known when its turn came. The process reacts
// to it now, with the states as they were then.
type lateEvent struct {
	key  string // under which it is parked
	due  bool   // the process has not reacted to it
	keys []keyed
	err  error // its keys are still not known
}

// findKeys asks for the keys of late events again.
func (l *live[S]) findKeys(ctx context.Context, late map[ironstar.Position]*lateEvent) error {
	if len(late) == 0 {
		return nil
	}
	first, left := l.position, len(late)
	for at, e := range late {
		first = min(first, at)
		e.err = errors.New("it is not in the log")
	}
	for r, err := range l.engine.store.Log(ctx, first-1) {
		if err != nil {
			return fmt.Errorf("%w the log: %w", errRead, err)
		}
		e := late[r.Position]
		if e == nil {
			continue
		}
		if e.keys, e.err = l.keysOf(r); e.err != nil {
			e.err = unknownKeys(r, e.err)
		}
		if left--; left == 0 {
			break
		}
	}
	return ctx.Err()
}

// catching is a key that catches up: one that is parked, or one that late events concern.
type catching[S any] struct {
	from ironstar.Position // it reacts to the events from here on; beyond the log if it is not parked
	k    *keyState[S]
	all  *stepping
	late map[ironstar.Position]*stepping // what late events lead to
	err  error
}

// newCatching begins with the state of no events.
func (l *live[S]) newCatching(key string, from ironstar.Position) *catching[S] {
	c := &catching[S]{from: from, all: newStepping(l.def.Name), late: map[ironstar.Position]*stepping{}}
	c.k, c.err = l.states.initial(key)
	return c
}

// catchUp reacts to the events that parked keys have waited with, and to late events.
// Those that can go on are no longer parked then.
func (l *live[S]) catchUp(ctx context.Context, records iter.Seq2[*ironstar.Record, error], parked []ironstar.ParkedKey, late map[ironstar.Position]*lateEvent) error {
	keys := map[string]*catching[S]{}
	for _, p := range parked {
		l.states.forget(p.Key)
		keys[p.Key] = l.newCatching(p.Key, p.Position)
	}
	for _, e := range late {
		for _, key := range e.keys {
			if keys[key.key] == nil {
				keys[key.key] = l.newCatching(key.key, l.position+1)
			}
		}
	}
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("%w the log: %w", errRead, err)
		}
		if r.Position > l.position {
			break
		}
		concerned, _ := l.keysOf(r) // an event whose keys are not known concerns none of these
		for _, key := range concerned {
			if c := keys[key.key]; c != nil && c.err == nil {
				l.catch(c, key, r, late[r.Position])
			}
		}
	}
	for _, p := range parked {
		if err := l.goOn(ctx, p, keys[p.Key]); err != nil {
			return err
		}
	}
	for _, at := range slices.Sorted(maps.Keys(late)) { // what a key does goes out in the order of its events
		if err := l.goOnLate(ctx, at, late[at], keys); err != nil {
			return err
		}
	}
	return nil
}

// catch reacts to one event that concerns a key.
func (l *live[S]) catch(c *catching[S], key keyed, r *ironstar.Record, late *lateEvent) {
	one, err := l.actionsOf(key, c.k, r)
	if c.err = err; err != nil {
		return
	}
	for _, earlier := range c.late {
		earlier.withoutTimers(one)
	}
	switch {
	case late != nil && late.due:
		if before := c.late[r.Position]; before != nil {
			before.merge(one)
		} else {
			c.late[r.Position] = one
		}
	case r.Position >= c.from:
		c.all.merge(one)
	}
}

// goOn lets a parked key go on if it has caught up.
func (l *live[S]) goOn(ctx context.Context, p ironstar.ParkedKey, c *catching[S]) error {
	switch {
	case transient(c.err):
		return c.err
	case c.err != nil:
		l.engine.opts.Logger.Error("a key of a process still stands still", "process", l.def.Name, "key", p.Key, "position", p.Position, "err", c.err)
		return nil
	case l.def.By == ironstar.ByStream:
		l.states.keep(p.Key, c.k)
	default:
		l.states.whole[p.Key] = c.k
	}
	delete(l.parked, p.Key)
	l.step.Unpark = append(l.step.Unpark, p.Key)
	l.step.merge(c.all)
	return l.commit(ctx)
}

// goOnLate lets what a late event leads to happen, if that is known for all of its keys.
func (l *live[S]) goOnLate(ctx context.Context, at ironstar.Position, e *lateEvent, keys map[string]*catching[S]) error {
	err := e.err
	for _, key := range e.keys {
		err = errors.Join(err, keys[key.key].err)
	}
	switch {
	case transient(err):
		return err
	case err != nil:
		l.engine.opts.Logger.Error("a process still cannot react to an event", "process", l.def.Name, "position", at, "err", err)
		return nil
	}
	delete(l.parked, e.key)
	l.step.Unpark = append(l.step.Unpark, e.key)
	var done []string
	for _, key := range e.keys {
		if one := keys[key.key].late[at]; one != nil && !slices.Contains(done, key.key) {
			l.step.merge(one)
		}
		done = append(done, key.key)
	}
	return l.commit(ctx)
}
