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
	aim  aim // the zero value is none
}

// aim is what a figure should be.
type aim struct {
	text string
	met  func(ours, ratio float64) bool
}

// atMost is an aim for our own figure.
func atMost(u unit, bound float64) aim {
	return aim{"≤ " + u.format(bound), func(ours, _ float64) bool { return ours <= bound }}
}

// ratioAtMost is an aim for ours divided by the floor.
func ratioAtMost(bound float64) aim {
	return aim{fmt.Sprintf("ratio ≤ %.2f", bound), func(_, ratio float64) bool { return ratio <= bound }}
}

// experiment measures the same things on both sides. Each function makes one
// run and returns a figure for each metric; NaN is none.
type experiment struct {
	metrics     []metric
	within      time.Duration // no further run begins that would end after it; 0 is the usual
	ours, floor func(ctx context.Context, run int) ([]float64, error)
}

// row is one measured line. A median is NaN if there is none.
type row struct {
	metric
	ours, floor []float64 // of each run
}

func (r row) ratio() float64 { return median(r.ours) / median(r.floor) }

// compare lets both sides of an experiment take turns, and adds its rows.
func (b *bench) compare(ctx context.Context, e experiment) error {
	rows := make([]row, len(e.metrics))
	for i, m := range e.metrics {
		rows[i].metric = m
	}
	within := cmp.Or(e.within, time.Duration(b.size(20, 5))*time.Second)
	begun := time.Now()
	for run := range b.opts.runs {
		if spent := time.Since(begun); run > 0 && spent+spent/time.Duration(run) > within {
			b.say("  %s: %d is enough, since runs are slow", e.metrics[0].name, run)
			break
		}
		b.say("  %s: run %d of %d", e.metrics[0].name, run+1, b.opts.runs)
		ours, err := side(ctx, "ours", e.ours, run)
		if err != nil {
			return fmt.Errorf("%s: %w", e.metrics[0].name, err)
		}
		floor, err := side(ctx, "floor", e.floor, run)
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

// side makes one run, on a heap that the other side has left no work on.
func side(ctx context.Context, name string, f func(context.Context, int) ([]float64, error), run int) (figures []float64, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	runtime.GC()
	pprof.Do(ctx, pprof.Labels("side", name), func(ctx context.Context) { figures, err = f(ctx, run) })
	return figures, err
}

// median ignores NaN.
func median(figures []float64) float64 {
	there := slices.DeleteFunc(slices.Clone(figures), math.IsNaN)
	return quantile(there, 0.5)
}

// quantile sorts what it is given and returns the figure of nearest rank: the
// share q of them is at most as large. Of an even number, the median is the
// lower one of the two in the middle.
func quantile[T float64 | time.Duration](figures []T, q float64) float64 {
	if len(figures) == 0 {
		return math.NaN()
	}
	slices.Sort(figures)
	i := int(math.Ceil(q*float64(len(figures)))) - 1
	return float64(figures[max(i, 0)])
}

// seconds is a quantile of durations.
func seconds(durations []time.Duration, q float64) float64 {
	return quantile(durations, q) / float64(time.Second)
}
