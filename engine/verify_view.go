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
	found      *Verified
	checkpoint ironstar.Position
	rows       map[string]*ironstar.Snapshot // not compared yet
	reported   map[string]bool               // keys; "" is all
}

func (v *view[S]) suspect(ctx context.Context, from Source, head ironstar.Position, found *Verified) {
	if v.def.State.Append == nil {
		return
	}
	x := &suspects{found: found, rows: map[string]*ironstar.Snapshot{}, reported: map[string]bool{}}
	v.suspects = x
	c, _, err := from.Checkpoint(ctx, v.def.Name, v.def.Fingerprint)
	if err != nil {
		v.report("", 0, err.Error())
	}
	if x.checkpoint = c.Position; c.Position > head {
		v.report("", c.Position, fmt.Sprintf("the checkpoint is beyond the end of the log, %d", head))
	}
	for row, err := range from.Snapshots(ctx, v.def.Name, v.def.Fingerprint) {
		if err != nil {
			v.report("", 0, err.Error())
			return // of those that are not known nothing can be said
		}
		found.Snapshots++
		x.rows[row.Key] = &row
	}
	if len(x.rows) < c.Keys {
		v.report("", c.Position, fmt.Sprintf("there are %d snapshots of %d", len(x.rows), c.Keys))
	}
}

// report tells of a difference, once for each key, and of none if nothing is
// known of any.
func (v *view[S]) report(key string, at ironstar.Position, problem string) {
	x := v.suspects
	if !x.reported[""] && !x.reported[key] {
		x.reported[key] = true
		x.found.Differences = append(x.found.Differences, Difference{v.def.Name, key, at, problem})
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
	problem := differs(&v.def.State, st.s, row.State)
	if problem == "" && st.changed != row.Changed {
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
		v.report(st.key, at, fmt.Sprintf("its event is not in a snapshot, though the checkpoint is at %d", x.checkpoint))
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
			v.report(key, row.Position, "no event has to do with the key")
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
