package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// measureCodec decodes and encodes one event with the generated codec, and the
// same bytes with encoding/json.
func measureCodec(ctx context.Context, b *bench) error {
	text := strings.Repeat("buy milk and bread, ", 7)
	for _, c := range []struct{ name, text string }{
		{"plain text", text},
		{"quotes and umlauts", strings.ReplaceAll(strings.ReplaceAll(text, "milk", `"M"`), "bread", "Brötn")},
	} {
		if err := b.compareCodec(ctx, c.name, c.text); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) compareCodec(ctx context.Context, name, text string) error {
	var event todo.ListEvent = todo.ListAdded{ID: ironstar.NewUUID(), Text: text}
	p, err := todo.EncodeListEvent(event)
	if err != nil {
		return err
	}
	added := event.(todo.ListAdded)
	record := &ironstar.Record{Stream: ironstar.Stream{Kind: todo.ListKind, ID: "1"}, Type: p.Type, SchemaVersion: p.SchemaVersion, Payload: p.Payload}
	name = fmt.Sprintf("%s, %d B", name, len(p.Payload))
	ours := func(context.Context, int) ([]float64, error) {
		return b.codecRun(
			func() error { _, err := todo.DecodeListEvent(record); return err },
			func() error { _, err := todo.EncodeListEvent(event); return err })
	}
	buffer := make([]byte, 0, 1024)
	err = b.compare(ctx, experiment{
		metrics: []metric{
			{"decode " + name + ", by hand", duration, ratioAtMost(1.3)}, {"decode " + name + ", by hand, allocations", times, aim{}},
			{"encode " + name + ", by hand", duration, ratioAtMost(1.3)}, {"encode " + name + ", by hand, allocations", times, aim{}},
		},
		ours: ours,
		floor: func(context.Context, int) ([]float64, error) {
			return b.codecRun(
				func() error { _, err := decodeByHand(p.Payload); return err },
				func() error { _, err := encodeByHand(buffer, added); return err })
		},
	})
	if err != nil {
		return err
	}
	return b.compare(ctx, experiment{
		metrics: []metric{
			{"decode " + name, duration, ratioAtMost(0.2)}, {"decode " + name + ", allocations", times, aim{}},
			{"encode " + name, duration, aim{}}, {"encode " + name + ", allocations", times, aim{}},
		},
		ours: ours,
		floor: func(context.Context, int) ([]float64, error) {
			return b.codecRun(jsonDecode(p.Payload), jsonEncode(event))
		},
	})
}

// codecRun returns time and allocations of both operations.
func (b *bench) codecRun(decode, encode func() error) ([]float64, error) {
	var figures []float64
	for _, f := range []func() error{decode, encode} {
		took, allocations, err := perCall(b.size(60, 20), 2000, f)
		if err != nil {
			return nil, err
		}
		figures = append(figures, took, allocations)
	}
	return figures, nil
}

// perCall makes several rounds of n calls and returns the seconds and
// allocations of one call. The seconds are those of the fastest round, which
// other programs on the machine have disturbed the least.
func perCall(rounds, n int, f func() error) (took, allocations float64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fastest := time.Duration(math.MaxInt64)
	for range rounds {
		begun := time.Now()
		for range n {
			if err := f(); err != nil {
				return 0, 0, err
			}
		}
		fastest = min(fastest, time.Since(begun))
	}
	runtime.ReadMemStats(&after)
	return fastest.Seconds() / float64(n), math.Round(float64(after.Mallocs-before.Mallocs) / float64(rounds*n)), nil
}
