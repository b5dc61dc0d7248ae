package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"ironstar.dev"
)

// compared holds the snapshots of a view that is folded for comparison. Each is
// compared when the fold passes its position. One goroutine uses the view
// meanwhile.
type compared struct {
	comparison *comparison
	checkpoint ironstar.Position
	rows       map[string]*ironstar.Snapshot // not compared yet
	reported   map[string]bool               // keys; "" is all
}

func (v *view[S]) beginComparison(ctx context.Context, t *comparison, head ironstar.Position) error {
	if v.def.State.Append == nil {
		return nil
	}
	fingerprint, err := t.build(ctx, v.def.Name, v.def.Fingerprint)
	if err != nil || fingerprint == "" {
		return err
	}
	x := &compared{comparison: t, rows: map[string]*ironstar.Snapshot{}, reported: map[string]bool{}}
	v.compared = x
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
			return nil // snapshots that are not known cannot be compared
		}
		t.Snapshots++
		x.rows[row.Key] = &row
	}
	if len(x.rows) < c.Keys {
		v.report("", c.Position, fmt.Sprintf("there are %d snapshots of %d", len(x.rows), c.Keys))
	}
	return nil
}

// report reports a difference, once for each key, and only if snapshots are
// known.
func (v *view[S]) report(key string, at ironstar.Position, problem string) {
	x := v.compared
	if !x.reported[""] && !x.reported[key] {
		x.reported[key] = true
		x.comparison.Differences = append(x.comparison.Differences, Difference{v.def.Name, key, at, problem})
	}
}

// compareBefore compares the snapshot of a key when a record beyond it is about to be
// folded. st.mu is held.
func (v *view[S]) compareBefore(st *state[S], next ironstar.Position) {
	row := v.compared.rows[st.key]
	if row == nil || next <= row.Position {
		return
	}
	delete(v.compared.rows, st.key)
	t := v.compared.comparison
	problem := differs(t, &v.def.State, st.s, row.State)
	if problem == "" && !t.other && st.changed != row.Changed {
		problem = fmt.Sprintf("it says that it changed at %d, and it did at %d", row.Changed, st.changed)
	}
	if problem != "" {
		v.report(st.key, row.Position, problem)
	}
}

// compareAfter records that a record concerned a key. If a checkpoint is beyond
// it, the key's snapshot must have it. st.mu is held.
func (v *view[S]) compareAfter(st *state[S], at ironstar.Position) {
	x := v.compared
	if at <= x.checkpoint && x.rows[st.key] == nil {
		problem := fmt.Sprintf("its event is not in a snapshot, though the checkpoint is at %d", x.checkpoint)
		if x.comparison.other {
			problem = "only this build folds an event into it"
		}
		v.report(st.key, at, problem)
	}
}

// endComparison compares the rest after the fold.
func (v *view[S]) endComparison() {
	x := v.compared
	if x == nil {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(x.rows)) {
		row, st := x.rows[key], v.keys[key]
		switch {
		case st == nil:
			problem := "no event has to do with the key"
			if x.comparison.other {
				problem = "only the other build has it"
			}
			v.report(key, row.Position, problem)
		case st.err != nil:
			v.report(key, row.Position, st.err.Error())
		case v.failed != nil && v.failed.Position <= row.Position:
			v.report(key, row.Position, v.failed.Error())
		default:
			v.compareBefore(st, row.Position+1)
		}
	}
	v.compared = nil
}
