package engine

import (
	"context"
	"slices"

	"ironstar.dev"
)

// Aggregate is one that was added with [Run], its types erased: for tools that
// read a log without starting anything.
type Aggregate struct {
	Kind        string
	Fingerprint string
	Shapes      []ironstar.Shape // every event version that it decodes

	// Decode reads a record through the one decode function (G7) and returns
	// how many events it stands for. The record keeps them.
	Decode func(*ironstar.Record) (events int, err error)

	// Fit says, of a record that can be decoded, in which way what it stands for
	// is not what this build itself would store.
	Fit func(*ironstar.Record) error

	verify func(context.Context, *trial) error
}

// View is one that was added with [Follow], its state's type erased.
type View struct {
	Name        string
	Fingerprint string
	By          ironstar.Keying
	Kinds       []string // the aggregates whose records it reads
	Snapshots   bool     // its states can be kept in snapshots

	// Fold does with records what a rebuild does, in memory. A view keyed by
	// stream is not rebuilt: nothing happens.
	Fold func(...*ironstar.Record)
}

// AtStart says whether the view is folded at each start: from its snapshots, or
// the whole log.
func (v View) AtStart() bool { return v.By != ironstar.ByStream }

// Aggregates lists what was added with [Run], in that order.
func (e *Engine) Aggregates() []Aggregate { return slices.Clone(e.aggregates) }

// Views lists what was added with [Follow], in that order.
func (e *Engine) Views() []View {
	var all []View
	for _, v := range e.views {
		all = append(all, v.about())
	}
	return all
}

// Shapes lists every event version that the aggregates decode.
func (e *Engine) Shapes() []ironstar.Shape {
	var all []ironstar.Shape
	for _, a := range e.aggregates {
		all = append(all, a.Shapes...)
	}
	return all
}

func erased[S, C, E any](a *ironstar.Aggregate[S, C, E]) Aggregate {
	codec := a.Codec
	return Aggregate{
		Kind: a.Kind, Fingerprint: a.Fingerprint, Shapes: a.Shapes, verify: verifier(a),
		Decode: func(r *ironstar.Record) (n int, err error) {
			err = guarded(func() error {
				events, err := ironstar.Decoded(r, codec.Decode)
				n = len(events)
				return err
			})
			return n, err
		},
		Fit: func(r *ironstar.Record) error {
			return guarded(func() error {
				events, err := ironstar.Decoded(r, codec.Decode)
				for _, e := range events {
					if _, err := codec.Encode(e); err != nil {
						return err
					}
				}
				return err
			})
		},
	}
}

func (v *view[S]) about() View {
	return View{
		Name: v.def.Name, Fingerprint: v.def.Fingerprint, By: v.def.By, Kinds: v.def.Kinds,
		Snapshots: v.def.State.Append != nil && v.def.Fingerprint != "", Fold: v.apply,
	}
}
