package auctionseason

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ironstar.dev"
)

// world is an application in memory, at a time of its own.
type world struct {
	ctx       context.Context // of effects
	now       time.Time
	agenda    agenda
	ledger    *ledger
	kinds     map[string]taker
	processes []reactor
	depth     int // of commands of processes that led to one another
}

// taker is an aggregate, without its types.
type taker interface {
	take(w *world, id string, c any, causation string) error
	read(id string) (state any, version ironstar.Version)
}

// reactor is a process, without its type of state.
type reactor interface {
	react(w *world, r *ironstar.Record) error
	stored() (name string, timers []ironstar.Timer)
}

// do gives a command, and returns when the processes have reacted to what it leads to. The
// error is an [ironstar.Refusal] if nothing has happened.
func (w *world) do(kind, id string, c any) error { return w.kinds[kind].take(w, id, c, "") }

// happened puts events into the ledger, and lets the processes react.
func (w *world) happened(a ironstar.Append, final bool) error {
	first := w.ledger.next
	if err := w.ledger.add(a); err != nil {
		return err
	}
	for i := range a.Events {
		e := &a.Events[i]
		r := &ironstar.Record{
			Position: first + ironstar.Position(i), Stream: a.Stream, Sequence: a.Expected + ironstar.Version(i) + 1,
			Type: e.Type, SchemaVersion: e.SchemaVersion, Payload: e.Payload, RecordedAt: w.now, Final: final && i == len(a.Events)-1,
		}
		for _, p := range w.processes {
			if err := p.react(w, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// refused reports whether a command was refused.
func refused(err error) bool {
	r := ironstar.Refusal(nil)
	return errors.As(err, &r)
}

// causation names what a process does after an event, as an engine does.
func (w *world) causation(process string, at ironstar.Position) string {
	return fmt.Sprintf("%s at %d depth %d", process, at, w.depth+1)
}
