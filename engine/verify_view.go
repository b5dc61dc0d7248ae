package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ironstar.dev"
)

// suspects are the snapshots of a view that is folded from nothing, to see
// whether they are right. Each is compared when the fold leaves its position
// behind. One goroutine has the view meanwhile.
type suspects struct {
	trial      *trial
	checkpoint ironstar.Position
	rows       map[string]*ironstar.Snapshot // not compared yet
	reported   map[string]bool               // keys; "" is all
}

func (v *view[S]) suspect(ctx context.Context, t *trial, head ironstar.Position) error {
	if v.def.State.Append == nil {
		return nil
	}
	fingerprint, err := t.build(ctx, v.def.Name, v.def.Fingerprint)
	if err != nil || fingerprint == "" {
		return err
	}
	x := &suspects{trial: t, rows: map[string]*ironstar.Snapshot{}, reported: map[string]bool{}}
	v.suspects = x
	c, _, err := t.from.Checkpoint(ctx, v.def.Name, fingerprint)
	if err != nil {
		v.report("", 0, err.Error())
	}
	if x.checkpoint = c.Position; c.Position > head {
		v.report("", c.Position, fmt.Sprintf("the checkpoint is beyond the end of the log, %d", head))
	}
	for row, err := range t.from.Snapshots(ctx, v.def.Name, fingerprint) {
		if err != nil {
			v.report("", 0, err.Error())
			return nil // of those that are not known nothing can be said
		}
		t.Snapshots++
		x.rows[row.Key] = &row
	}
	if len(x.rows) < c.Keys {
		v.report("", c.Position, fmt.Sprintf("there are %d snapshots of %d", len(x.rows), c.Keys))
	}
	return nil
}

// report tells of a difference, once for each key, and of none if nothing is
// known of any.
func (v *view[S]) report(key string, at ironstar.Position, problem string) {
	x := v.suspects
	if !x.reported[""] && !x.reported[key] {
		x.reported[key] = true
		x.trial.Differences = append(x.trial.Differences, Difference{v.def.Name, key, at, problem})
	}
}

// leaving compares the snapshot of a key when a record beyond it is about to be
// folded. st.mu is held.
func (v *view[S]) leaving(st *state[S], next ironstar.Position) {
	row := v.suspects.rows[st.key]
	if row == nil || next <= row.Position {
		return
	}
	delete(v.suspects.rows, st.key)
	t := v.suspects.trial
	problem := differs(t, &v.def.State, st.s, row.State)
	if problem == "" && !t.other && st.changed != row.Changed {
		problem = fmt.Sprintf("it says that it changed at %d, and it did at %d", row.Changed, st.changed)
	}
	if problem != "" {
		v.report(st.key, row.Position, problem)
	}
}

// left notes that a record has touched a key. A checkpoint that is beyond it
// says that the key's snapshot has it. st.mu is held.
func (v *view[S]) left(st *state[S], at ironstar.Position) {
	x := v.suspects
	if at <= x.checkpoint && x.rows[st.key] == nil {
		problem := fmt.Sprintf("its event is not in a snapshot, though the checkpoint is at %d", x.checkpoint)
		if x.trial.other {
			problem = "only this build folds an event into it"
		}
		v.report(st.key, at, problem)
	}
}

// acquit compares what is left when all is folded.
func (v *view[S]) acquit() {
	x := v.suspects
	if x == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(x.rows)) {
		row, st := x.rows[key], v.keys[key]
		switch {
		case st == nil:
			problem := "no event has to do with the key"
			if x.trial.other {
				problem = "only the other build has it"
			}
			v.report(key, row.Position, problem)
		case st.err != nil:
			v.report(key, row.Position, st.err.Error())
		case v.failed != nil && v.failed.Position <= row.Position:
			v.report(key, row.Position, v.failed.Error())
		default:
			v.leaving(st, row.Position+1)
		}
	}
	v.suspects = nil
}
