package main

import (
	"bufio"
	"io"
	"math"
	"strings"
	"testing"
	"time"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		figures []float64
		q, want float64
	}{
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2},
		{[]float64{7}, 0.99, 7},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.99, 10},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.9, 9},
	} {
		if got := quantile(c.figures, c.q); got != c.want {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.figures, c.q, got, c.want)
		}
	}
	if got := quantile([]time.Duration(nil), 0.5); !math.IsNaN(got) {
		t.Errorf("of no figures: %v, want NaN", got)
	}
	if got := median([]float64{math.NaN(), 5, math.NaN()}); got != 5 {
		t.Errorf("median is %v, want 5: missing figures do not count", got)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		unit unit
		v    float64
		want string
	}{
		{duration, 3.2e-7, "320 ns"}, {duration, 0.00125, "1.25 ms"}, {duration, 5, "5 s"}, {duration, 1.5e-5, "15 µs"},
		{size, 23.84e6, "23.8 MB"}, {perSecond, 858, "858/s"}, {perSecond, 1_229_000, "1229k/s"}, {times, 3, "3"}, {times, math.NaN(), "–"},
	} {
		if got := c.unit.format(c.v); got != c.want {
			t.Errorf("%v in %q is %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		aim         aim
		ours, floor float64
		want        string
	}{
		{aim{}, 1, 1, ""},
		{atMost(duration, 0.05), 0.05, 0.01, "≤ 50 ms, met"},
		{atMost(duration, 0.05), 0.051, 0.01, "≤ 50 ms, MISSED"},
		{ratioAtMost(0.2), 1, 5, "ratio ≤ 0.20, met"},
		{ratioAtMost(0.2), 1, 4, "ratio ≤ 0.20, MISSED"},
		{atLeast(perSecond, 1e6), 1e6, 1, "≥ 1000k/s, met"},
		{atLeast(perSecond, 1e6), 999_999, 1, "≥ 1000k/s, MISSED"},
		{ratioAtLeast(0.5), 1, 2, "ratio ≥ 0.50, met"},
		{ratioAtLeast(0.5), 0.99, 2, "ratio ≥ 0.50, MISSED"},
		{atLeast(duration, 1).and(ratioAtLeast(0.5)), 2, 4, "≥ 1 s, ratio ≥ 0.50, met"},
		{atLeast(duration, 1).and(ratioAtLeast(0.5)), 2, 5, "≥ 1 s, ratio ≥ 0.50, MISSED"},
		{atLeast(duration, 3).and(ratioAtLeast(0.5)), 2, 4, "≥ 3 s, ratio ≥ 0.50, MISSED"},
		{ratioAtMost(1), 1, math.NaN(), "ratio ≤ 1.00, MISSED"},
		{ratioAtLeast(1), math.NaN(), 1, "ratio ≥ 1.00, MISSED"},
	} {
		r := row{metric: metric{"x", duration, c.aim}, ours: []float64{c.ours}, floor: []float64{c.floor}}
		if got := r.verdict(); got != c.want {
			t.Errorf("%v beside %v: %q, want %q", c.ours, c.floor, got, c.want)
		}
	}
}

func TestReadEvent(t *testing.T) {
	long := "data: elements " + strings.Repeat("x", 10_000) + "\n"
	stream := ":\n\nevent: a\n" + long + "id: 1\n\n:\n\n:\n\ndata: b\n\n"
	for name, keep := range map[string]bool{"kept": true, "only read": false} {
		t.Run(name, func(t *testing.T) {
			r := bufio.NewReader(strings.NewReader(stream))
			for _, want := range []string{"event: a\n" + long + "id: 1\n\n", "data: b\n\n"} {
				var b []byte
				if keep {
					b = []byte{}
				}
				got, err := readEvent(r, b)
				if err != nil || keep && string(got) != want {
					t.Errorf("got %q, %v, want %q", got, err, want)
				}
			}
			if _, err := readEvent(r, nil); err != io.EOF {
				t.Errorf("at the end: %v, want io.EOF", err)
			}
		})
	}
}

func TestCommandLine(t *testing.T) {
	for args, want := range map[string]string{
		"-only nothing": "no such group", "-runs -1": "at least 1", "-quick more": "unexpected argument", "-charts x": "needs the files", "-fast": "not defined",
	} {
		var said strings.Builder
		if _, err := parse(strings.Fields(args), &said); err == nil || !strings.Contains(said.String(), want) {
			t.Errorf("%s: said %q, want %q", args, said.String(), want)
		}
	}
	var said strings.Builder
	o, err := parse(strings.Fields("-quick -only codec,feeds"), &said)
	if err != nil || said.String() != "" || o.runs != 3 || len(o.only) != 2 {
		t.Errorf("got %+v, %v, %q", o, err, said.String())
	}
}
