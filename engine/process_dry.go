package engine

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"ironstar.dev"
)

// DryAction is an action that a process would do.
type DryAction struct {
	ironstar.Action
	Key      string
	Position ironstar.Position // of the event that leads to it
}

func (d DryAction) String() string {
	data := string(d.Data)
	switch d.Do {
	case ironstar.Set:
		return fmt.Sprintf("%d %s: timer %s for %s %s", d.Position, d.Key, d.Name, d.At.Format(time.RFC3339), data)
	case ironstar.Cancel:
		return fmt.Sprintf("%d %s: cancel timer %s", d.Position, d.Key, d.Name)
	case ironstar.Perform:
		return fmt.Sprintf("%d %s: effect %s %s", d.Position, d.Key, d.Name, data)
	}
	return fmt.Sprintf("%d %s: %s to %s %s", d.Position, d.Key, d.Name, d.To, data)
}

// DryRun is the result of [Engine.DryRun].
type DryRun struct {
	Name   string
	After  ironstar.Position // the events after it were reacted to
	Events int
	Failed []error // keys that would stand still, and events whose keys are not known
}

// ProcessLog reads a log and what is stored of processes.
type ProcessLog interface {
	Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error]
	Process(ctx context.Context, name string) (ironstar.StoredProcess, bool, error)
	Head(ctx context.Context) (ironstar.Position, error)
}

// DryRun calls found with each action that a process would do about the events after
// a position, and writes nothing. after below 0 is the position that the process has
// reached, or, if it never ran, the one from which it would begin. The name may lack
// that of its package.
func (e *Engine) DryRun(ctx context.Context, log ProcessLog, name string, after ironstar.Position, found func(DryAction)) (DryRun, error) {
	var known []string
	var named []processor
	for _, p := range e.processes {
		full := p.info().Name
		known = append(known, full)
		if full == name {
			return p.dryRun(ctx, log, after, found)
		}
		if strings.HasSuffix(full, "."+name) {
			named = append(named, p)
		}
	}
	switch len(named) {
	case 0:
		return DryRun{}, fmt.Errorf("this build has no process %s; it has %s", name, strings.Join(known, ", "))
	case 1:
		return named[0].dryRun(ctx, log, after, found)
	}
	return DryRun{}, fmt.Errorf("%s may be one of %s: write the whole name", name, strings.Join(known, ", "))
}

// dryRun implements processor.
func (p *process[S]) dryRun(ctx context.Context, log ProcessLog, after ironstar.Position, found func(DryAction)) (DryRun, error) {
	result := DryRun{Name: p.def.Name, After: after}
	if after < 0 {
		var err error
		if result.After, err = p.beginsAfter(ctx, log); err != nil {
			return result, err
		}
	}
	states, failed := map[string]*keyState[S]{}, map[string]bool{}
	for r, err := range log.Log(ctx, 0) {
		if err != nil {
			return result, err
		}
		keys, err := p.keysOf(r)
		if err != nil {
			result.Failed = append(result.Failed, unknownKeys(r, err))
			continue
		}
		if len(keys) > 0 && r.Position > result.After {
			result.Events++
		}
		for _, key := range keys {
			if failed[key.key] {
				continue
			}
			actions, err := p.dryFold(states, key, r)
			if err != nil {
				failed[key.key] = true
				result.Failed = append(result.Failed, fmt.Errorf("key %q at position %d: %w", key.key, r.Position, err))
			}
			for _, a := range actions {
				if r.Position > result.After {
					found(DryAction{Action: a, Key: key.key, Position: r.Position})
				}
			}
		}
	}
	return result, ctx.Err()
}

func (p *process[S]) dryFold(states map[string]*keyState[S], key keyed, r *ironstar.Record) ([]ironstar.Action, error) {
	all := p.newStates()
	k := states[key.key]
	if k == nil {
		var err error
		if k, err = all.initial(key.key); err != nil {
			return nil, err
		}
		states[key.key] = k
	}
	return all.fold(key.as, k, r)
}

// beginsAfter returns the position after which a process goes on, or would begin.
func (p *process[S]) beginsAfter(ctx context.Context, log ProcessLog) (ironstar.Position, error) {
	for _, name := range append([]string{p.def.Name}, p.def.Was...) {
		stored, there, err := log.Process(ctx, name)
		if there || err != nil {
			return stored.Position, err
		}
	}
	if p.def.Beginning {
		return 0, nil
	}
	return log.Head(ctx)
}
