package engine

import (
	"context"
	"errors"
	"fmt"
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
		l.park(ironstar.UnkeyedEvent(r.Position), r.Position, unknownKeys(r, err))
		return nil
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

// unknownKeys is the reason why an event waits for a build that knows its keys.
func unknownKeys(r *ironstar.Record, err error) error {
	return ofCode(fmt.Errorf("it is not known which keys %s at %d concerns: %w", r.Stream, r.Position, err))
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
	what := "a key of a process stands still until a build can react to its events"
	if _, unkeyed := (ironstar.ParkedKey{Key: key}).Unkeyed(); unkeyed {
		what = "a process cannot react to an event until a build knows its keys"
	}
	l.engine.opts.Logger.Error(what,
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
