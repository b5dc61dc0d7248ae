package engine

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

// keyed is a key that a record concerns, and how the record spells it. Hand-written
// code and generated code compare the record with its own spelling.
type keyed struct{ key, as string }

// keysOf returns the keys that a record concerns. One key may be there several times,
// in other spellings.
func (p *process[S]) keysOf(r *ironstar.Record) (all []keyed, err error) {
	if !slices.Contains(p.def.Kinds, r.Stream.Kind) {
		return nil, nil
	}
	switch p.def.By {
	case ironstar.ByStream:
		return []keyed{{r.Stream.ID, r.Stream.ID}}, nil
	case ironstar.Global:
		return []keyed{{ironstar.GlobalKey, ironstar.GlobalKey}}, nil
	}
	var keys []string
	err = guarded(func() (err error) { keys, err = p.def.Keys(r); return err })
	for _, key := range keys {
		all = append(all, keyed{text.Normal(key), key})
	}
	return all, err
}

// react reacts to the next record, and adds to the step what it leads to. A key whose
// code fails is parked. The error is about the store.
func (l *live[S]) react(ctx context.Context, r *ironstar.Record) error {
	defer func() { l.position, l.step.Position = r.Position, r.Position }()
	keys, err := l.keysOf(r)
	if err != nil {
		return fmt.Errorf("it is not known which keys %s at %d concerns: %w", r.Stream, r.Position, err)
	}
	for _, key := range keys {
		if l.parked[key.key] {
			continue
		}
		if err := l.reactFor(ctx, key, r); err != nil {
			return err
		}
	}
	return nil
}

func (l *live[S]) reactFor(ctx context.Context, key keyed, r *ironstar.Record) error {
	k, err := l.states.get(ctx, key.key, r.Position-1)
	if err == nil {
		var one *stepping
		if one, err = l.actionsOf(key, k, r); err == nil {
			l.step.merge(one)
			l.states.keep(key.key, k)
			return nil
		}
	}
	if transient(err) {
		return err
	}
	l.park(key.key, r.Position, err)
	return nil
}

// actionsOf folds a record into a state and returns a step with its actions.
func (l *live[S]) actionsOf(key keyed, k *keyState[S], r *ironstar.Record) (*stepping, error) {
	actions, err := l.states.fold(key.as, k, r)
	one := newStepping(l.def.Name)
	if err != nil || len(actions) == 0 {
		return one, err
	}
	c, err := l.ofEvent(key.as, r)
	if err != nil {
		return nil, err
	}
	return one, errors.Join(one.add(key.key, &c, actions), one.check())
}

// park lets a key stand still, loudly.
func (l *live[S]) park(key string, at ironstar.Position, err error) {
	l.states.forget(key)
	l.parked[key] = true
	l.step.Park = append(l.step.Park, ironstar.ParkedKey{Key: key, Position: at, Reason: err.Error()})
	l.engine.opts.Logger.Error("a key of a process stands still until a build can react to its events",
		"process", l.def.Name, "key", key, "position", at, "err", err, "stack", stackOf(err))
}

// due makes what a timer leads to a part of the step.
func (l *live[S]) due(ctx context.Context, t *ironstar.Timer) error {
	if _, changed := l.step.timers[t.TimerKey]; changed || l.parked[t.Key] {
		return nil // set again or canceled by one that was due before
	}
	one := newStepping(l.def.Name)
	k, err := l.states.get(ctx, t.Key, l.position)
	if err == nil {
		var actions []ironstar.Action
		err = guarded(func() (err error) { actions, err = l.def.Due(t.Key, k.s, t); return ofCode(err) })
		if err == nil {
			c := l.ofTimer(t, l.position)
			err = errors.Join(one.add(t.Key, &c, actions), one.check())
		}
	}
	switch {
	case err == nil:
		l.step.timer(t.TimerKey, nil)
		l.step.merge(one)
	case transient(err):
		return err
	default:
		l.park(t.Key, l.position+1, fmt.Errorf("timer %s: %w", t.Name, err))
	}
	return nil
}

// unpark tries again to react to the events of keys that stand still. It is done once
// at the start, because another build may be able to.
func (l *live[S]) unpark(ctx context.Context) error {
	parked, err := l.engine.store.Parked(ctx, l.def.Name)
	if err != nil {
		return err
	}
	for _, k := range parked {
		l.parked[k.Key] = true
	}
	if l.def.By != ironstar.ByStream {
		return l.catchUp(ctx, l.engine.store.Log(ctx, 0), parked) // all of them at once: the log may be long
	}
	for i, k := range parked {
		stream := ironstar.Stream{Kind: l.def.Kinds[0], ID: k.Key}
		if err := l.catchUp(ctx, l.engine.store.Stream(ctx, stream, 0), parked[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// catching is a parked key that catches up.
type catching[S any] struct {
	from ironstar.Position
	k    *keyState[S]
	all  *stepping
	err  error
}

// catchUp reacts to the events that parked keys have waited with. Those that can go on
// are no longer parked then.
func (l *live[S]) catchUp(ctx context.Context, records iter.Seq2[*ironstar.Record, error], parked []ironstar.ParkedKey) error {
	keys := map[string]*catching[S]{}
	for _, p := range parked {
		l.states.forget(p.Key)
		c := &catching[S]{from: p.Position, all: newStepping(l.def.Name)}
		c.k, c.err = l.states.initial(p.Key)
		keys[p.Key] = c
	}
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("%w the log: %w", errRead, err)
		}
		if r.Position > l.position {
			break
		}
		concerned, err := l.keysOf(r)
		if err != nil {
			return err
		}
		for _, key := range concerned {
			if c := keys[key.key]; c != nil && c.err == nil {
				l.catch(c, key, r)
			}
		}
	}
	for _, p := range parked {
		c := keys[p.Key]
		switch {
		case transient(c.err):
			return c.err
		case c.err != nil:
			l.engine.opts.Logger.Error("a key of a process still stands still", "process", l.def.Name, "key", p.Key, "position", p.Position, "err", c.err)
			continue
		case l.def.By == ironstar.ByStream:
			l.states.keep(p.Key, c.k)
		default:
			l.states.whole[p.Key] = c.k
		}
		delete(l.parked, p.Key)
		l.step.Unpark = append(l.step.Unpark, p.Key)
		l.step.merge(c.all)
		if err := l.commit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// catch reacts to one event that concerns a parked key.
func (l *live[S]) catch(c *catching[S], key keyed, r *ironstar.Record) {
	one, err := l.actionsOf(key, c.k, r)
	if c.err = err; err == nil && r.Position >= c.from {
		c.all.merge(one)
	}
}

// codeError is an error of the application's code, also one that wraps an error of the store.
type codeError struct{ error }

func (e codeError) Unwrap() error { return e.error }

func ofCode(err error) error {
	if err == nil {
		return nil
	}
	return codeError{err}
}

// transient reports that an error is about the store or the end of the engine, and not
// about the application's code.
func transient(err error) bool {
	return !errors.As(err, new(codeError)) && (errors.Is(err, ironstar.ErrRetryable) || errors.Is(err, ironstar.ErrClosed) || errors.Is(err, context.Canceled) || errors.Is(err, errRead))
}

// errRead means that the store could not be read.
var errRead = errors.New("read")
