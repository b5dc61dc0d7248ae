package engine

import (
	"bytes"
	"context"
	"fmt"
	"iter"

	"ironstar.dev"
)

// Source is what [Engine.Verify] reads: a store, or what only reads its file.
type Source interface {
	ironstar.SnapshotReader
	Head(context.Context) (ironstar.Position, error)
	Stream(ctx context.Context, s ironstar.Stream, after ironstar.Version) iter.Seq2[*ironstar.Record, error]
	Log(ctx context.Context, after ironstar.Position, prepare ...func(*ironstar.Record)) iter.Seq2[*ironstar.Record, error]
}

// Verified is what came of verifying snapshots.
type Verified struct {
	Snapshots   int // that were looked at
	Differences []Difference
}

// Difference is a snapshot that is not what its events fold to.
type Difference struct {
	Of       string // the view, or the kind of the aggregate
	Key      string // of the view, or the stream's id; "" if it is not known
	Position ironstar.Position
	Problem  string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s, key %q, at %d: %s", d.Of, d.Key, d.Position, d.Problem)
}

// Verify folds from nothing whatever has a snapshot that this build would use, and
// compares. States are the same if they are encoded the same. The engine must not
// have started, and cannot after it; passed is called now and then. The error is
// about reading.
func (e *Engine) Verify(ctx context.Context, from Source, passed func(at, head ironstar.Position)) (Verified, error) {
	head, err := from.Head(ctx)
	if err != nil {
		return Verified{}, fmt.Errorf("verify snapshots: %w", err)
	}
	t := trial{from: from, build: own}
	err = e.verify(ctx, &t, head, func(_, at ironstar.Position) { passed(at, head) })
	if err != nil {
		return t.Verified, fmt.Errorf("verify snapshots: %w", err)
	}
	return t.Verified, nil
}

// trial is a look at snapshots: at which, and what came of it.
type trial struct {
	Verified
	from  Source
	build func(ctx context.Context, name, ours string) (fingerprint string, err error) // "" is none
	other bool                                                                         // they are of another build, so states may differ in form
}

// own is the build that runs.
func own(_ context.Context, _, ours string) (string, error) { return ours, nil }

// verify leaves the views that are kept whole at head.
func (e *Engine) verify(ctx context.Context, t *trial, head ironstar.Position, passed func(from, at ironstar.Position)) error {
	var all []restored
	for _, v := range e.views {
		if v.eager() {
			if err := v.suspect(ctx, t, head); err != nil {
				return err
			}
			all = append(all, restored{v, 0})
		}
	}
	if err := e.foldAll(ctx, t.from.Log, all, head, passed); err != nil {
		return err
	}
	for _, v := range all {
		v.view.acquit()
	}
	for _, v := range e.views {
		if !v.eager() {
			if err := v.verifyStreams(ctx, t); err != nil {
				return err
			}
		}
	}
	for _, a := range e.aggregates {
		if err := a.verify(ctx, t); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// startVerified is what Start does when snapshots are to be verified: nothing
// comes from them, and those of what differs are removed.
func (e *Engine) startVerified(ctx context.Context, head ironstar.Position) error {
	from, ok := e.store.(Source)
	if !ok || e.keeper.store == nil {
		return e.rebuild(ctx, head)
	}
	for _, v := range e.views {
		v.prepare()
	}
	found := trial{from: from, build: own}
	if err := e.verify(ctx, &found, head, e.reporter(head)); err != nil {
		return fmt.Errorf("verify snapshots: %w", err)
	}
	wrong := map[string]bool{}
	for _, d := range found.Differences {
		wrong[d.Of] = true
		e.opts.Logger.Error("a snapshot is wrong; it is removed", "of", d.Of, "key", d.Key, "position", d.Position, "problem", d.Problem)
	}
	e.opts.Logger.Info("snapshots are verified", "number", found.Snapshots, "wrong", len(found.Differences))
	if len(wrong) == 0 {
		return nil
	}
	return e.keeper.store.ForgetSnapshots(ctx, func(name, _ string) bool { return !wrong[name] })
}

// differs says how a state that was folded is not the one of a snapshot; "" if it
// is.
func differs[S any](t *trial, c *ironstar.StateCodec[S], s S, kept []byte) string {
	if !t.other {
		if err := readsBack(c, kept); err != nil {
			return fmt.Sprintf("it cannot be read: %v", err)
		}
	}
	folded, err := encode(c, s)
	if err != nil {
		return fmt.Sprintf("what its events fold to cannot be written: %v", err)
	}
	if bytes.Equal(folded, kept) {
		return ""
	}
	if t.other {
		return differenceOf(kept, folded)
	}
	at := 0
	for at < min(len(folded), len(kept)) && folded[at] == kept[at] {
		at++
	}
	return fmt.Sprintf("its events fold to something else: %d bytes, not %d, the first difference is byte %d", len(folded), len(kept), at)
}

// verifyStream compares the snapshot of a stream with what its records fold to.
// The error is about reading.
func verifyStream[S any](t *trial, row *ironstar.Snapshot, c *ironstar.StateCodec[S], initial func() S,
	records iter.Seq2[*ironstar.Record, error], fold func(S, *ironstar.Record) (S, error),
) (problem string, err error) {
	var s S
	var last *ironstar.Record
	if err := guarded(func() error { s = initial(); return nil }); err != nil {
		return err.Error(), nil
	}
	for r, err := range records {
		if err != nil {
			return "", err
		}
		if r.Sequence > row.Version {
			break
		}
		last = r
		if err := guarded(func() (err error) { s, err = fold(s, r); return err }); err != nil {
			return fmt.Sprintf("the event at %d cannot be folded: %v", r.Position, err), nil
		}
	}
	if last == nil || last.Sequence != row.Version || last.Position != row.Position {
		return errNotOfStream.Error(), nil
	}
	return differs(t, c, s, row.State), nil
}

// verifyStreams compares all snapshots of a name with their streams.
func verifyStreams(ctx context.Context, t *trial, kind, name, ours string,
	one func(*ironstar.Snapshot, iter.Seq2[*ironstar.Record, error]) (problem string, err error),
) error {
	fingerprint, err := t.build(ctx, name, ours)
	if err != nil || fingerprint == "" {
		return err
	}
	for row, err := range t.from.Snapshots(ctx, name, fingerprint) {
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			t.Differences = append(t.Differences, Difference{Of: name, Problem: err.Error()})
			return nil
		}
		t.Snapshots++
		problem, err := one(&row, t.from.Stream(ctx, ironstar.Stream{Kind: kind, ID: row.Key}, 0))
		if err != nil {
			return err
		}
		if problem != "" {
			t.Differences = append(t.Differences, Difference{name, row.Key, row.Position, problem})
		}
	}
	return nil
}

func (v *view[S]) verifyStreams(ctx context.Context, t *trial) error {
	if v.def.State.Append == nil || len(v.def.Kinds) != 1 {
		return nil
	}
	return verifyStreams(ctx, t, v.def.Kinds[0], v.def.Name, v.def.Fingerprint,
		func(row *ironstar.Snapshot, records iter.Seq2[*ironstar.Record, error]) (string, error) {
			return verifyStream(t, row, &v.def.State, func() S { return v.def.Initial(row.Key) }, records,
				func(s S, r *ironstar.Record) (S, error) {
					s, _, err := v.def.Evolve(row.Key, s, r)
					return s, err
				})
		})
}

// verifier returns what verifies the snapshots of an aggregate.
func verifier[S, C, E any](a *ironstar.Aggregate[S, C, E]) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		if a.State.Append == nil {
			return nil
		}
		return verifyStreams(ctx, t, a.Kind, a.Kind, a.Fingerprint,
			func(row *ironstar.Snapshot, records iter.Seq2[*ironstar.Record, error]) (string, error) {
				return verifyStream(t, row, &a.State, a.Initial, records,
					func(s S, r *ironstar.Record) (S, error) { return ironstar.Load(a, s, r) })
			})
	}
}
