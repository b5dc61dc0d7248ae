package main

import (
	"context"
	"fmt"
	"strings"

	"ironstar.dev"
	"ironstar.dev/internal/historytest/gen/hops"
)

// measureUpcast decodes the same event as older versions and the current one
// stored it.
func measureUpcast(ctx context.Context, b *bench) error {
	for _, c := range []struct {
		hops int
		aim  float64
	}{{1, 1.5}, {3, 3}, {10, 8}} {
		old, now := moved(11-c.hops), moved(11)
		err := b.compare(ctx, experiment{
			metrics: []metric{
				{fmt.Sprintf("decode and lift, hops: %d, %d B", c.hops, len(old.Payload)), duration, ratioAtMost(c.aim)},
				{fmt.Sprintf("decode and lift, hops: %d, allocations", c.hops), times, aim{}},
			},
			ours:  func(context.Context, int) ([]float64, error) { return b.reads(old) },
			floor: func(context.Context, int) ([]float64, error) { return b.reads(now) },
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// reads returns the time and the allocations of decoding a record.
func (b *bench) reads(r *ironstar.Record) ([]float64, error) {
	took, allocations, err := perCall(b.size(60, 20), 2000, func() error {
		_, err := hops.DecodeParcelEvent(r)
		return err
	})
	return []float64{took, allocations}, err
}

// moved returns an event as a version of it was stored.
func moved(version int) *ironstar.Record {
	id, text := ironstar.NewUUID().String(), strings.Repeat("from here to there, ", 5)
	payload := map[int]string{
		1:  `{"id":%q,"text":%q,"n":12,"urgent":"yes"}`,
		8:  `{"id":%q,"title":%q,"count":12,"level":"high","by":"nobody","note":"by hand"}`,
		10: `{"key":%q,"title":%q,"grams":12000,"level":"high","by":"nobody","note":"by hand"}`,
		11: `{"key":%q,"title":%q,"grams":12000,"level":"high","by":"nobody","note":"by hand"}`,
	}[version]
	return &ironstar.Record{Stream: ironstar.Stream{Kind: hops.ParcelKind, ID: "1"}, Type: "Moved", SchemaVersion: version,
		Payload: fmt.Appendf(nil, payload, id, text)}
}
