package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ironstar.dev"
)

// ChangeProcess changes what the store holds of a process, for an operator: it calls
// change with a step that changes nothing yet and what is stored. A process that
// runs here begins again from what is stored then.
func (e *Engine) ChangeProcess(ctx context.Context, name string, change func(*ironstar.Step, ironstar.StoredProcess) error) error {
	err := ChangeStoredProcess(ctx, e.store, name, change)
	for _, p := range e.processes {
		if p.info().Name == name {
			p.poke()
		}
	}
	return err
}

// ChangeStoredProcess is [Engine.ChangeProcess] for a store without an engine.
func ChangeStoredProcess(ctx context.Context, store ironstar.Processes, name string, change func(*ironstar.Step, ironstar.StoredProcess) error) error {
	for {
		stored, there, err := store.Process(ctx, name)
		if err != nil {
			return err
		}
		if !there {
			return fmt.Errorf("there is no process %s", name)
		}
		step := ironstar.Step{Process: name, Expected: stored.Steps, Position: stored.Position}
		if err := change(&step, stored); err != nil {
			return err
		}
		if err = store.Step(ctx, step); !errors.Is(err, ironstar.ErrConflict) {
			return err
		}
	}
}

// SettleProcesses returns when every process has reacted to all that is stored, and has
// sent all that it can send now. It does not wait for timers. The errors are those of
// ctx and of the store, or [ErrClosed].
func (e *Engine) SettleProcesses(ctx context.Context) error {
	for {
		head, err := e.store.Head(ctx)
		if err != nil {
			return err
		}
		settled := true
		for _, p := range e.processes {
			settled = settled && p.settled(head)
		}
		if settled {
			return nil
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		case <-e.base.Done():
			return ErrClosed
		}
	}
}
