package historytest_test

import (
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/kinds"
	"ironstar.dev/sqlite"
)

// TestStateFromMemoryIsStateFromDisk: after any decided events, with any
// values, a server that decided them has the same state as one that reads them,
// from events only and from snapshots.
func TestStateFromMemoryIsStateFromDisk(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		store, err := sqlite.Open(t.Context(), filepath.Join(dir, fmt.Sprint(n)), sqlite.Options{Shapes: kinds.SampleShapes})
		if err != nil {
			rt.Fatal(err)
		}
		defer store.Close()
		var inMemory kinds.SampleState
		withSamples(rt, store, engine.Options{SnapshotStream: 2}, func(do func(kinds.SampleCommand) kinds.SampleState) {
			for range rapid.IntRange(1, 4).Draw(rt, "events") {
				do(kinds.SampleRecord{Value: everything(rt), At: moment(rt, "now")})
			}
			inMemory = do(kinds.SampleLook{})
		})
		for name, o := range map[string]engine.Options{"events": {NoSnapshots: true}, "a snapshot": {}} {
			withSamples(rt, store, o, func(do func(kinds.SampleCommand) kinds.SampleState) {
				if diff := exactly(inMemory, do(kinds.SampleLook{})); diff != "" {
					rt.Fatalf("from %s comes another state (-memory +disk):\n%s", name, diff)
				}
			})
		}
	})
}

// withSamples runs an engine. do returns the state that decide got.
func withSamples(rt *rapid.T, store ironstar.Store, o engine.Options, f func(do func(kinds.SampleCommand) kinds.SampleState)) {
	e := engine.New(store, o)
	defer e.Close()
	var given kinds.SampleState
	a := kinds.NewSample(historytest.Sample{})
	decide := a.Decide
	a.Decide = func(s kinds.SampleState, c kinds.SampleCommand, _ ironstar.States) ([]kinds.SampleEvent, error) {
		given = s
		return decide(s, c, nil)
	}
	h := engine.Run(e, a)
	if err := e.Start(rt.Context()); err != nil {
		rt.Fatal(err)
	}
	f(func(c kinds.SampleCommand) kinds.SampleState {
		if _, err := h.Do(rt.Context(), "one", c); err != nil {
			rt.Fatal(err)
		}
		return given
	})
}

// exactly compares everything that Go code can distinguish: also zones, the
// sign of zero, and nil from empty.
func exactly(want, got any) string {
	return cmp.Diff(want, got,
		cmp.Comparer(func(a, b time.Time) bool { return a == b }),
		cmp.Comparer(func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }),
		cmp.Exporter(func(reflect.Type) bool { return true }))
}

// moment draws a time with a monotonic reading, with a zone, or in UTC.
func moment(rt *rapid.T, label string) time.Time {
	now := time.Now()
	return rapid.SampledFrom([]time.Time{
		now, now.UTC(), now.In(time.FixedZone("CEST", 2*60*60)), now.In(time.FixedZone("LMT", 34*60+8)),
		now.Round(time.Second), {}, time.Date(2024, 12, 31, 23, 30, 0, 1, time.FixedZone("", -60*60)),
	}).Draw(rt, label)
}

func list[T any](rt *rapid.T, label string, one func(*rapid.T, string) T) []T {
	n := rapid.IntRange(-1, 2).Draw(rt, label)
	if n < 0 {
		return nil
	}
	items := []T{}
	for range n {
		items = append(items, one(rt, label))
	}
	return items
}

func table[T any](rt *rapid.T, label string, one func(*rapid.T, string) T) map[string]T {
	n := rapid.IntRange(-1, 2).Draw(rt, label)
	if n < 0 {
		return nil
	}
	items := map[string]T{}
	for i := range n {
		items[fmt.Sprint("key ", i)] = one(rt, label)
	}
	return items
}

func maybe[T any](rt *rapid.T, label string, one func(*rapid.T, string) T) *T {
	if rapid.Bool().Draw(rt, label) {
		return nil
	}
	v := one(rt, label)
	return &v
}

func word(rt *rapid.T, label string) string {
	return rapid.SampledFrom([]string{"", " ", "plain", "\"\\\x00\n\u2028", "हिन्दी", "e\u0301", "\ufffd", "</script>"}).Draw(rt, label)
}

func ratio(rt *rapid.T, label string) float64 {
	return rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 0.1, 1e-9, 1e300, -5e-324, 1 << 60}).Draw(rt, label)
}

func cost(rt *rapid.T, label string) ironstar.Decimal {
	return rapid.Custom(func(rt *rapid.T) ironstar.Decimal {
		digits := rapid.SampledFrom([]string{"", "0", "-0", "0.00", "12.50", "-12.5", "123456789012345678901234567890"}).Draw(rt, "digits")
		if digits == "" {
			return ironstar.Decimal{}
		}
		d, err := ironstar.ParseDecimal(digits)
		if err != nil {
			rt.Fatal(err)
		}
		return d.Add(ironstar.Decimal{})
	}).Draw(rt, label)
}

func shape(rt *rapid.T, label string) kinds.Shape {
	if rapid.Bool().Draw(rt, label) {
		return kinds.Circle{Radius: ratio(rt, label)}
	}
	return kinds.Trace{Points: list(rt, label, moment)}
}

func part(rt *rapid.T, label string) kinds.Part {
	return kinds.Part{Cost: cost(rt, label), Tags: list(rt, label, word)}
}

func whole(rt *rapid.T, label string) int64 {
	return rapid.SampledFrom([]int64{0, -1, math.MaxInt64, math.MinInt64}).Draw(rt, label)
}

func everything(rt *rapid.T) kinds.Everything {
	return kinds.Everything{
		Text: word(rt, "text"), Ratio: ratio(rt, "ratio"), Whole: whole(rt, "whole"), Flag: rapid.Bool().Draw(rt, "flag"),
		ID: ironstar.NewUUID(), At: moment(rt, "at"), Day: ironstar.DateOf(time.Now()), Cost: cost(rt, "cost"),
		Length:  rapid.SampledFrom([]time.Duration{0, time.Nanosecond, time.Hour, 26*time.Hour + 1}).Draw(rt, "length"),
		Picture: rapid.SampledFrom([][]byte{nil, {}, {0}, {255, 254, 10}}).Draw(rt, "picture"),
		Thumb:   rapid.SampledFrom([][]byte{nil, {}, {1, 2}}).Draw(rt, "thumb"),
		Colour:  kinds.ColourRed, Rank: rapid.SampledFrom([]kinds.Rank{1, 2, 3}).Draw(rt, "rank"),
		Texts: list(rt, "texts", word), Times: list(rt, "times", moment),
		Grid:  list(rt, "grid", func(rt *rapid.T, l string) []float64 { return list(rt, l, ratio) }),
		Costs: table(rt, "costs", cost), Agenda: table(rt, "agenda", func(rt *rapid.T, l string) []time.Time { return list(rt, l, moment) }),
		Shape: shape(rt, "shape"), Shapes: list(rt, "shapes", shape),
		Note: maybe(rt, "note", word), Due: maybe(rt, "due", moment), Pause: maybe(rt, "pause", ratio), Part: maybe(rt, "part", part),
		Maybe: list(rt, "maybe", whole), Either: maybeShape(rt),
	}
}

func maybeShape(rt *rapid.T) kinds.Shape {
	if rapid.Bool().Draw(rt, "either") {
		return nil
	}
	return shape(rt, "either")
}

// TestInjectedTimes: decide gets a point in time in UTC, for any clock of the
// server.
func TestInjectedTimes(t *testing.T) {
	clock := func() time.Time { return time.Now().In(time.FixedZone("CEST", 2*60*60)) }
	value := `{"text":"","ratio":1,"whole":1,"flag":true,"id":"00000000-0000-0000-0000-000000000000","at":"2024-12-31T23:30:00-01:00",` +
		`"day":"2024-12-31","cost":"1","length":"PT1S","picture":"","colour":"red","rank":1,"texts":[],"times":[],"grid":[],"costs":{},"agenda":{},` +
		`"shape":{"kind":"circle","radius":1},"shapes":[]}`
	c, err := kinds.ParseSampleCommand("record", []byte(`{"value":`+value+`}`), ironstar.Origin{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	r := c.(kinds.SampleRecord)
	if want := r.At.Round(0).UTC(); r.At != want {
		t.Errorf("the time is %v, want %v", r.At, want)
	}
	if want := time.Date(2025, 1, 1, 0, 30, 0, 0, time.UTC); r.Value.At != want {
		t.Errorf("a time that was sent is %v, want %v", r.Value.At, want)
	}
}
