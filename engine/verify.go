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

// Verified is the result of verifying snapshots.
type Verified struct {
	Snapshots   int // that were looked at
	Differences []Difference
}

// Difference is a snapshot that is not what its events fold to.
type Difference struct {
	Of       string // the view, or the kind of the aggregate
	Key      string // of the view, or id of the stream; "" if not known
	Position ironstar.Position
	Problem  string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s, key %q, at %d: %s", d.Of, d.Key, d.Position, d.Problem)
}

// Verify folds everything that has a snapshot of this build, and compares.
// States are equal if their encoded forms are equal. The engine must not have
// started, and cannot start afterwards. passed is called from time to time. The
// error is about reading.
func (e *Engine) Verify(ctx context.Context, from Source, passed func(at, head ironstar.Position)) (Verified, error) {
	head, err := from.Head(ctx)
	if err != nil {
		return Verified{}, fmt.Errorf("verify snapshots: %w", err)
	}
	t := comparison{from: from, build: own}
	err = e.verify(ctx, &t, head, func(_, at ironstar.Position) { passed(at, head) })
	if err != nil {
		return t.Verified, fmt.Errorf("verify snapshots: %w", err)
	}
	return t.Verified, nil
}

// comparison compares snapshots with what events fold to.
type comparison struct {
	Verified
	from  Source
	build func(ctx context.Context, name, ours string) (fingerprint string, err error) // "" means none
	other bool                                                                         // they are of another build, so states may differ in form
}

// own is the build that runs.
func own(_ context.Context, _, ours string) (string, error) { return ours, nil }

// verify leaves the views that are held as a whole at head.
func (e *Engine) verify(ctx context.Context, t *comparison, head ironstar.Position, passed func(from, at ironstar.Position)) error {
	var all []restored
	for _, v := range e.views {
		if v.eager() {
			if err := v.beginComparison(ctx, t, head); err != nil {
				return err
			}
			all = append(all, restored{v, 0})
		}
	}
	if err := e.foldAll(ctx, t.from.Log, all, head, passed); err != nil {
		return err
	}
	for _, v := range all {
		v.view.endComparison()
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

// startVerified is Start with verification of snapshots: no state is read from
// them, and wrong ones are removed.
func (e *Engine) startVerified(ctx context.Context, head ironstar.Position) error {
	from, ok := e.store.(Source)
	if !ok || e.snapshots.store == nil {
		return e.rebuild(ctx, head)
	}
	for _, v := range e.views {
		v.prepare()
	}
	found := comparison{from: from, build: own}
	if err := e.verify(ctx, &found, head, e.reporter(RebuildViews, head)); err != nil {
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
	return e.snapshots.store.ForgetSnapshots(ctx, func(name, _ string) bool { return !wrong[name] })
}

// differs returns how a folded state differs from the one in a snapshot, or "".
func differs[S any](t *comparison, c *ironstar.StateCodec[S], s S, stored []byte) string {
	if !t.other {
		if err := readsBack(c, stored); err != nil {
			return fmt.Sprintf("it cannot be read: %v", err)
		}
	}
	folded, err := encode(c, s)
	if err != nil {
		return fmt.Sprintf("what its events fold to cannot be written: %v", err)
	}
	if bytes.Equal(folded, stored) {
		return ""
	}
	if t.other {
		return differenceOf(stored, folded)
	}
	at := 0
	for at < min(len(folded), len(stored)) && folded[at] == stored[at] {
		at++
	}
	return fmt.Sprintf("its events fold to something else: %d bytes, not %d, the first difference is byte %d", len(folded), len(stored), at)
}

// verifyStream compares the snapshot of a stream with what its records fold to.
// The error is about reading.
func verifyStream[S any](t *comparison, row *ironstar.Snapshot, c *ironstar.StateCodec[S], initial func() S,
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
func verifyStreams(ctx context.Context, t *comparison, kind, name, ours string,
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

func (v *view[S]) verifyStreams(ctx context.Context, t *comparison) error {
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
func verifier[S, C, E any](a *ironstar.Aggregate[S, C, E]) func(context.Context, *comparison) error {
	return func(ctx context.Context, t *comparison) error {
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
