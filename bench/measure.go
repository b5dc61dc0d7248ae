package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"
)

// metric is one row of the table before it is measured.
type metric struct {
	name string
	unit unit
	aim  aim // the zero value means no aim
}

// experiment measures the same metrics on both sides. Each function makes one
// run and returns a figure for each metric; NaN means none.
type experiment struct {
	metrics     []metric
	within      time.Duration // no run begins that would end after this time; 0 means the default
	ours, floor func(ctx context.Context, run int) ([]float64, error)
}

// row is one measured line. A median is NaN if there is none.
type row struct {
	metric
	group       string
	ours, floor []float64 // figures of each run
}

func (r row) ratio() float64 { return median(r.ours) / median(r.floor) }

// pairs are the ratios of each run to the floor's run right after it. Their
// spread shows how reliable the ratio is.
func (r row) pairs() (least, most float64) {
	least, most = math.Inf(1), math.Inf(-1)
	for i, ours := range r.ours {
		if ratio := ours / r.floor[i]; !math.IsNaN(ratio) {
			least, most = min(least, ratio), max(most, ratio)
		}
	}
	return least, most
}

// compare alternates both sides of an experiment and adds its rows.
func (b *bench) compare(ctx context.Context, e experiment) error {
	rows := make([]row, len(e.metrics))
	for i, m := range e.metrics {
		rows[i].metric, rows[i].group = m, b.group
	}
	within := cmp.Or(e.within, time.Duration(b.size(20, 5))*time.Second)
	begun := time.Now()
	for run := range b.opts.runs {
		if spent := time.Since(begun); run > 0 && spent+spent/time.Duration(run) > within {
			b.progress("  %s: %d is enough, since runs are slow", e.metrics[0].name, run)
			break
		}
		b.progress("  %s: run %d of %d", e.metrics[0].name, run+1, b.opts.runs)
		ours, err := b.side(ctx, "ours", e.ours, run)
		if err != nil {
			return fmt.Errorf("%s: %w", e.metrics[0].name, err)
		}
		floor, err := b.side(ctx, "floor", e.floor, run)
		if err != nil {
			return fmt.Errorf("floor of %s: %w", e.metrics[0].name, err)
		}
		for i := range rows {
			rows[i].ours = append(rows[i].ours, ours[i])
			rows[i].floor = append(rows[i].floor, floor[i])
		}
	}
	b.rows = append(b.rows, rows...)
	return nil
}

// side makes one run, after a garbage collection.
func (b *bench) side(ctx context.Context, name string, f func(context.Context, int) ([]float64, error), run int) (figures []float64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	runtime.GC()
	o := &observed{took: map[string][]time.Duration{}}
	ctx = context.WithValue(ctx, observedKey{}, o)
	pprof.Do(ctx, pprof.Labels("side", name), func(ctx context.Context) { figures, err = f(ctx, run) })
	b.note(o, func(l *latency) *samples {
		if name == "ours" {
			return &l.ours
		}
		return &l.floor
	})
	return figures, err
}

// median ignores NaN.
func median(figures []float64) float64 {
	there := slices.DeleteFunc(slices.Clone(figures), math.IsNaN)
	return quantile(there, 0.5)
}

// quantile sorts figures and returns the one with the nearest rank: the share q
// of them is at most as large. The median of an even number is the lower of the
// two in the middle.
func quantile[T float64 | time.Duration](figures []T, q float64) float64 {
	if len(figures) == 0 {
		return math.NaN()
	}
	slices.Sort(figures)
	return float64(figures[nearest(len(figures), q)])
}

// nearest returns the index of the nearest rank among n.
func nearest(n int, q float64) int { return max(int(math.Ceil(q*float64(n)))-1, 0) }

// seconds returns a quantile of durations.
func seconds(durations []time.Duration, q float64) float64 {
	return quantile(durations, q) / float64(time.Second)
}
