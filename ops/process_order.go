package ops

import (
	"context"
	"fmt"
	"math"
	"time"

	"ironstar.dev"
)

// processOrder is what an operator wants of a process.
type processOrder struct {
	Process string
	Do      string // "pause", "resume", "again", "drop"
	IDs     []string
	All     bool          // again and drop: everything that waits for a person
	Forget  bool          // resume: what waits is removed
	Reason  string        // of drop
	Wait    time.Duration // of pause: for what is under way, at most
}

// processStore is a store with processes.
type processStore interface {
	ironstar.Processes
	Head(context.Context) (ironstar.Position, error)
}

// changeProcess changes a process; see engine.Engine.ChangeProcess.
type changeProcess = func(*ironstar.Step, ironstar.StoredProcess) error

// paused says what a pause in a server has done. left is what is still under way.
func (o processOrder) paused(left int) string {
	done := fmt.Sprintf("%s is paused: it reacts, but sends nothing, and no timer is due\n", o.Process)
	if left > 0 {
		done += fmt.Sprintf("%s of it did not end, although the server has canceled it: its handler ignores its context. It may still take effect\n", counted(int64(left), "send"))
	}
	return done
}

// carryOut carries the order out, and returns what was done.
func (o processOrder) carryOut(ctx context.Context, store processStore, change func(context.Context, changeProcess) error) (done string, err error) {
	err = change(ctx, func(step *ironstar.Step, stored ironstar.StoredProcess) (err error) {
		done, err = o.apply(ctx, store, step, stored)
		return err
	})
	return done, err
}

func (o processOrder) apply(ctx context.Context, store processStore, step *ironstar.Step, stored ironstar.StoredProcess) (string, error) {
	yes, no := true, false
	switch o.Do {
	case "pause":
		step.Paused = &yes
		return o.paused(0), nil
	case "resume":
		step.Paused, step.Held = &no, &no
		if !o.Forget {
			return fmt.Sprintf("%s goes on, with %d timers and %d commands and effects that wait\n", o.Process, stored.Timers, stored.Outgoing), nil
		}
		head, err := store.Head(ctx)
		if err != nil {
			return "", err
		}
		step.Forget, step.Position = true, head
		return fmt.Sprintf("%s goes on; %d timers and %d commands and effects were removed\n", o.Process, stored.Timers, stored.Outgoing), nil
	case "again", "drop":
		return o.letters(ctx, store, step)
	}
	return "", fmt.Errorf("there is no order %q", o.Do)
}

// letters sends dead letters again, or drops them.
func (o processOrder) letters(ctx context.Context, store processStore, step *ironstar.Step) (string, error) {
	dead, err := allOutgoing(ctx, store, o.Process, true)
	if err != nil {
		return "", err
	}
	known := map[string]bool{}
	for _, one := range dead {
		known[one.ID] = true
		if o.All {
			o.IDs = append(o.IDs, one.ID)
		}
	}
	for _, id := range o.IDs {
		if !known[id] {
			return "", fmt.Errorf("nothing with id %s waits for a person: processes show %s lists what does", id, o.Process)
		}
	}
	if o.Do == "again" {
		step.Again = o.IDs
		return fmt.Sprintf("%d are sent again\n", len(o.IDs)), nil
	}
	step.Done = o.IDs
	return fmt.Sprintf("%d were dropped: %s\n", len(o.IDs), o.Reason), nil
}

// allOutgoing reads everything outgoing, or everything that waits for a person.
func allOutgoing(ctx context.Context, store ironstar.Processes, process string, dead bool) (all []ironstar.Outgoing, err error) {
	for step, index := int64(0), -1; ; {
		some, err := store.Outgoing(ctx, process, dead, step, index, 1000)
		all = append(all, some...)
		if err != nil || len(some) < 1000 {
			return all, err
		}
		last := some[len(some)-1]
		step, index = last.Step, last.Index
	}
}

// allTimers reads all timers but those of parked keys.
func allTimers(ctx context.Context, store ironstar.Processes, process string) ([]ironstar.Timer, error) {
	all, _, err := store.Timers(ctx, process, time.UnixMicro(math.MaxInt64/2), math.MaxInt32)
	return all, err
}
