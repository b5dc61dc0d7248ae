package main

import (
	"context"
	"maps"
	"math/bits"
	"slices"
	"time"
)

// latency is the duration of one kind of operation on both sides.
type latency struct {
	name        string
	ours, floor samples
}

// sides returns the sides that were observed.
func (l *latency) sides() []samples {
	l.ours.name, l.floor.name = "ours", "floor"
	return slices.DeleteFunc([]samples{l.ours, l.floor}, func(s samples) bool { return len(s.runs) == 0 })
}

// samples are the durations of one side: quantiles for each run, and a
// histogram for all runs.
type samples struct {
	name string
	runs []quantiles
	all  histogram
}

// quantiles describe one run's durations, in seconds.
type quantiles struct {
	Count int     `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	P999  float64 `json:"p99.9"`
	Max   float64 `json:"max"`
}

// observed collects the observations of one run.
type observed struct {
	names []string // in the order of their first observation
	took  map[string][]time.Duration
}

type observedKey struct{}

// observe records how long operations took, for the table of latencies and for
// JSON. ctx must be the context of a side of an experiment; otherwise observe
// does nothing. It must not be called concurrently.
func observe(ctx context.Context, name string, took []time.Duration) {
	o, ok := ctx.Value(observedKey{}).(*observed)
	if !ok || len(took) == 0 {
		return
	}
	if o.took[name] == nil {
		o.names = append(o.names, name)
	}
	o.took[name] = append(o.took[name], took...)
}

// note adds the observations of a run to the latencies of a side.
func (b *bench) note(o *observed, side func(*latency) *samples) {
	for _, name := range o.names {
		i := slices.IndexFunc(b.latencies, func(l *latency) bool { return l.name == name })
		if i < 0 {
			i = len(b.latencies)
			b.latencies = append(b.latencies, &latency{name: name})
		}
		side(b.latencies[i]).add(o.took[name])
	}
}

func (s *samples) add(took []time.Duration) {
	s.runs = append(s.runs, quantiles{
		Count: len(took), P50: seconds(took, 0.5), P90: seconds(took, 0.9),
		P99: seconds(took, 0.99), P999: seconds(took, 0.999), Max: seconds(took, 1),
	})
	if s.all == nil {
		s.all = histogram{}
	}
	for _, t := range took {
		s.all[bucket(t)]++
	}
}

// histogram counts durations by bucket; the key is the least duration of the
// bucket. The width of a bucket is at most a 64th of its durations.
type histogram map[time.Duration]int

func bucket(t time.Duration) time.Duration {
	if t < 0 {
		return 0
	}
	shift := max(bits.Len64(uint64(t))-7, 0)
	return t >> shift << shift
}

// quantile returns the least duration of the bucket with the quantile.
func (h histogram) quantile(q float64) float64 {
	rank := 0
	for _, n := range h {
		rank += n
	}
	rank = nearest(rank, q)
	last := time.Duration(0)
	for _, at := range slices.Sorted(maps.Keys(h)) {
		last = at
		if rank -= h[at]; rank < 0 {
			break
		}
	}
	return last.Seconds()
}

// pairs returns the buckets in order: the least nanoseconds, and the count.
func (h histogram) pairs() [][2]int64 {
	var all [][2]int64
	for _, at := range slices.Sorted(maps.Keys(h)) {
		all = append(all, [2]int64{int64(at), int64(h[at])})
	}
	return all
}

func (h histogram) count() (n int) {
	for _, c := range h {
		n += c
	}
	return n
}
