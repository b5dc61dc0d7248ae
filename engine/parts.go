package engine

import (
	"context"
	"slices"

	"ironstar.dev"
)

// AggregateInfo describes an aggregate that was added with [Run], without its
// types. It is for tools that read a log without starting the engine.
type AggregateInfo struct {
	Kind        string
	Fingerprint string
	Shapes      []ironstar.Shape // every event version that it decodes
	Secrets     []string         // names in JSON of secret fields of its events

	// Decode decodes a record with the aggregate's decode function (G7) and
	// returns the number of events. The record stores the result.
	Decode func(*ironstar.Record) (events int, err error)

	// Fit returns how the events of a decoded record differ from what this
	// build would store.
	Fit func(*ironstar.Record) error

	verify func(context.Context, *comparison) error
}

// ViewInfo describes a view that was added with [Follow], without the type of
// its state.
type ViewInfo struct {
	Name        string
	Fingerprint string
	By          ironstar.Keying
	Kinds       []string // the aggregates whose records it reads
	Snapshots   bool     // its states can be written to snapshots

	// Fold folds records as a rebuild does, in memory. It does nothing for a
	// view keyed by stream, which is not rebuilt.
	Fold func(...*ironstar.Record)
}

// AtStart reports whether the view is folded at each start, from its snapshots
// or from the whole log.
func (v ViewInfo) AtStart() bool { return v.By != ironstar.ByStream }

// Aggregates lists the aggregates that were added with [Run], in that order.
func (e *Engine) Aggregates() []AggregateInfo { return slices.Clone(e.aggregates) }

// Views lists the views that were added with [Follow], in that order.
func (e *Engine) Views() []ViewInfo {
	var all []ViewInfo
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

func erased[S, C, E any](a *ironstar.Aggregate[S, C, E]) AggregateInfo {
	codec := a.Codec
	return AggregateInfo{
		Kind: a.Kind, Fingerprint: a.Fingerprint, Shapes: a.Shapes, Secrets: a.Secrets, verify: verifier(a),
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

func (v *view[S]) about() ViewInfo {
	return ViewInfo{
		Name: v.def.Name, Fingerprint: v.def.Fingerprint, By: v.def.By, Kinds: v.def.Kinds,
		Snapshots: v.def.State.Append != nil && v.def.Fingerprint != "", Fold: v.apply,
	}
}
