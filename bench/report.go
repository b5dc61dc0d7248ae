package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
)

// report holds all results of a run of this command, as JSON. It names no host
// and no folder, so that it can be published.
type report struct {
	Machine   machine   `json:"machine"`
	Settings  settings  `json:"settings"`
	Rows      []figure  `json:"rows"`
	Latencies []reading `json:"latencies"`
}

// settings are the conditions of the figures.
type settings struct {
	Go    string   `json:"go"`
	OS    string   `json:"os"`
	Arch  string   `json:"arch"`
	CPUs  int      `json:"cpus"`
	Procs int      `json:"gomaxprocs"`
	Runs  int      `json:"runs"`
	Size  string   `json:"size"` // "full" or "quick"
	Only  []string `json:"only,omitempty"`
	Notes []string `json:"notes,omitempty"`
}

func settingsOf(o options) settings {
	s := settings{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(),
		Procs: runtime.GOMAXPROCS(0), Runs: o.runs, Size: "full", Only: o.only,
	}
	if o.quick {
		s.Size = "quick"
	}
	return s
}

func (s settings) String() string {
	text := fmt.Sprintf("%s, %s/%s, %d CPUs, median of %d, %s", s.Go, s.OS, s.Arch, s.CPUs, s.Runs, s.Size)
	return strings.Join(append([]string{text}, s.Notes...), "\n")
}

// figure is a row. A run without a figure is null. OursRuns[i] and FloorRuns[i]
// were measured one after the other.
type figure struct {
	Group      string     `json:"group"`
	Name       string     `json:"name"`
	Unit       unit       `json:"unit"`
	Ours       *float64   `json:"ours"` // the median of the runs, like Floor
	Floor      *float64   `json:"floor"`
	Ratio      *float64   `json:"ratio"` // ratio of the medians
	LeastRatio *float64   `json:"least_ratio"`
	MostRatio  *float64   `json:"most_ratio"` // greatest ratio of one run
	Aims       []goal     `json:"aims,omitempty"`
	OursRuns   []*float64 `json:"ours_runs"`
	FloorRuns  []*float64 `json:"floor_runs"`
}

// goal is a bound for a figure.
type goal struct {
	Text  string  `json:"text"`
	Of    string  `json:"of"`   // "ours" or "ratio"
	Kind  string  `json:"kind"` // "at least" or "at most"
	Value float64 `json:"value"`
	Met   bool    `json:"met"`
}

// reading is the latency of one kind of operation on one side.
type reading struct {
	Name string      `json:"name"`
	Side string      `json:"side"` // "ours" or "floor"
	Runs []quantiles `json:"runs"` // in seconds
	// Histogram has pairs for all runs: the least nanoseconds of a bucket, and
	// the number of operations in it. The width of a bucket is at most a 64th
	// of its durations.
	Histogram [][2]int64 `json:"histogram_ns"`
}

func (b *bench) report(ctx context.Context, s settings) report {
	r := report{Machine: machineOf(ctx, b), Settings: s, Rows: []figure{}, Latencies: []reading{}}
	for _, row := range b.rows {
		r.Rows = append(r.Rows, row.figure())
	}
	for _, l := range b.latencies {
		for _, side := range l.sides() {
			r.Latencies = append(r.Latencies, reading{l.name, side.name, side.runs, side.all.pairs()})
		}
	}
	return r
}

func (r row) figure() figure {
	least, most := r.pairs()
	f := figure{
		Group: r.group, Name: r.name, Unit: r.unit, Ours: number(median(r.ours)), Floor: number(median(r.floor)),
		Ratio: number(r.ratio()), LeastRatio: number(least), MostRatio: number(most),
	}
	for _, b := range r.aim {
		g := goal{b.text, "ours", "at most", b.value, b.met(median(r.ours), r.ratio())}
		if b.ratio {
			g.Of = "ratio"
		}
		if b.least {
			g.Kind = "at least"
		}
		f.Aims = append(f.Aims, g)
	}
	for i := range r.ours {
		f.OursRuns, f.FloorRuns = append(f.OursRuns, number(r.ours[i])), append(f.FloorRuns, number(r.floor[i]))
	}
	return f
}

// write puts each row and each reading on its own line, so that two reports are
// easy to compare.
func (r report) write(file string) error {
	var text bytes.Buffer
	err := errors.Join(
		lines(&text, `{"machine": `, "", []machine{r.Machine}), lines(&text, `,"settings": `, "", []settings{r.Settings}),
		lines(&text, `,"rows": [`, "]", r.Rows), lines(&text, `,"latencies": [`, "]", r.Latencies))
	text.WriteString("}\n")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.WriteFile(file, text.Bytes(), 0o644)
}

func lines[T any](w *bytes.Buffer, before, after string, all []T) error {
	w.WriteString(before)
	for i, one := range all {
		part, err := json.Marshal(one)
		if err != nil {
			return err
		}
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		w.Write(part)
	}
	w.WriteString(after + "\n")
	return nil
}

// number returns nil for numbers that JSON does not have.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
