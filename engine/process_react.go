package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"ironstar.dev"
	"ironstar.dev/internal/text"
)

// keysOf returns the keys that a record concerns.
func (p *process[S]) keysOf(r *ironstar.Record) (keys []string, err error) {
	if !slices.Contains(p.def.Kinds, r.Stream.Kind) {
		return nil, nil
	}
	switch p.def.By {
	case ironstar.ByStream:
		return []string{r.Stream.ID}, nil
	case ironstar.Global:
		return []string{ironstar.GlobalKey}, nil
	}
	err = guarded(func() (err error) { keys, err = p.def.Keys(r); return err })
	for i := range keys {
		keys[i] = text.Normal(keys[i])
	}
	return keys, err
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
		if l.parked[key] {
			continue
		}
		if err := l.reactFor(ctx, key, r); err != nil {
			return err
		}
	}
	return nil
}

func (l *live[S]) reactFor(ctx context.Context, key string, r *ironstar.Record) error {
	k, err := l.states.get(ctx, key, r.Position-1)
	if err == nil {
		var one *stepping
		if one, err = l.actionsOf(key, k, r); err == nil {
			l.step.merge(one)
			l.states.keep(key, k)
			return nil
		}
	}
	if transient(err) {
		return err
	}
	l.park(key, r.Position, err)
	return nil
}

// actionsOf folds a record into a state and returns a step with its actions.
func (l *live[S]) actionsOf(key string, k *keyState[S], r *ironstar.Record) (*stepping, error) {
	actions, err := l.states.fold(key, k, r)
	one := newStepping(l.def.Name)
	if err != nil || len(actions) == 0 {
		return one, err
	}
	c, err := l.ofEvent(key, r)
	if err != nil {
		return nil, err
	}
	return one, errors.Join(one.add(key, &c, actions), one.check())
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
		err = guarded(func() (err error) { actions, err = l.def.Due(t.Key, k.s, t); return err })
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
	for _, k := range parked {
		err := l.catchUp(ctx, k)
		switch {
		case err == nil:
			delete(l.parked, k.Key)
			l.step.Unpark = append(l.step.Unpark, k.Key)
		case transient(err):
			return err
		default:
			l.states.forget(k.Key)
			l.engine.opts.Logger.Error("a key of a process still stands still", "process", l.def.Name, "key", k.Key, "position", k.Position, "err", err)
		}
		if err := l.commit(ctx); err != nil {
			return err
		}
	}
	return nil
}

// catchUp reacts to the events that a parked key has waited with.
func (l *live[S]) catchUp(ctx context.Context, parked ironstar.ParkedKey) error {
	all := newStepping(l.def.Name)
	l.states.forget(parked.Key)
	k, err := l.states.initial(parked.Key)
	if err != nil {
		return err
	}
	records := l.engine.store.Log(ctx, 0)
	if l.def.By == ironstar.ByStream {
		records = l.engine.store.Stream(ctx, ironstar.Stream{Kind: l.def.Kinds[0], ID: parked.Key}, 0)
	}
	for r, err := range records {
		if err != nil {
			return fmt.Errorf("%w the log: %w", errRead, err)
		}
		if r.Position > l.position {
			break
		}
		keys, err := l.keysOf(r)
		if err != nil {
			return err
		}
		if !slices.Contains(keys, parked.Key) {
			continue
		}
		one, err := l.actionsOf(parked.Key, k, r)
		if err != nil {
			return err
		}
		if r.Position >= parked.Position {
			all.merge(one)
		}
	}
	l.step.merge(all)
	if l.def.By == ironstar.ByStream {
		l.states.keep(parked.Key, k)
	} else {
		l.states.whole[parked.Key] = k
	}
	return nil
}

// transient reports that an error is about the store or the end of the engine, and not
// about the application's code.
func transient(err error) bool {
	return errors.Is(err, ironstar.ErrRetryable) || errors.Is(err, ironstar.ErrClosed) || errors.Is(err, context.Canceled) || errors.Is(err, errRead)
}

// errRead means that the store could not be read.
var errRead = errors.New("read")
