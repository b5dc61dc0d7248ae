package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHistogramIsPreciseToASixtyFourth(t *testing.T) {
	var took []time.Duration
	for i := range 10_000 {
		took = append(took, time.Duration(i*i))
	}
	var s samples
	s.add(took)
	for _, q := range []float64{0, 0.5, 0.9, 0.99, 0.999, 1} {
		exact, got := seconds(took, q), s.all.quantile(q)
		if got > exact || got < exact*(1-1./64) {
			t.Errorf("quantile %v is %v, want %v or at most a 64th less", q, got, exact)
		}
	}
	if n := s.all.count(); n != len(took) {
		t.Errorf("%d durations are counted, want %d", n, len(took))
	}
	if n := len(s.all); n > 64*27 {
		t.Errorf("%d buckets", n)
	}
}

func TestMountIsTheNearest(t *testing.T) {
	const table = `22 27 0:21 / / rw - ext4 /dev/vda rw
23 27 0:22 / /tmp rw,noatime shared:1 - xfs /dev/vdb1 rw
24 27 0:22 / /tmp/quick rw - tmpfs tmpfs rw
25 27 0:22 / /tmp rw,sync - btrfs /dev/vdc rw
`
	for dir, want := range map[string]string{
		"/home/a": "ext4 rw /dev/vda", "/tmpfoo": "ext4 rw /dev/vda", "/tmp/a/b": "btrfs rw,sync /dev/vdc", "/tmp/quick": "tmpfs rw tmpfs", "/tmp/quicker": "btrfs rw,sync /dev/vdc",
	} {
		kind, options, device := mount(table, dir)
		if got := kind + " " + options + " " + device; got != want {
			t.Errorf("%s is on %s, want %s", dir, got, want)
		}
	}
}

// TestReport makes one experiment and reads its report.
func TestReport(t *testing.T) {
	o := options{runs: 3, dir: t.TempDir()}
	b, err := newBench(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	turns := ""
	side := func(name string, figure float64) func(context.Context, int) ([]float64, error) {
		return func(ctx context.Context, run int) ([]float64, error) {
			turns += name
			observe(ctx, "wait", []time.Duration{time.Millisecond, 2 * time.Millisecond})
			return []float64{figure * float64(run+1), math.NaN()}, nil
		}
	}
	err = b.compare(t.Context(), experiment{
		metrics: []metric{{"speed", perSecond, ratioAtLeast(0.5)}, {"memory", size, aim{}}},
		ours:    side("o", 10), floor: side("f", 40),
	})
	if err != nil || turns != "ofofof" {
		t.Fatalf("turns %s, %v", turns, err)
	}
	file := filepath.Join(b.dir, "report.json")
	if err := b.report(t.Context(), settingsOf(o)).write(file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{b.dir, b.repo, host} {
		if bytes.Contains(text, []byte(private)) {
			t.Errorf("the report names %q", private)
		}
	}
	speed, memory := r.Rows[0], r.Rows[1]
	if *speed.Ours != 20 || *speed.Floor != 80 || *speed.LeastRatio != 0.25 || len(speed.OursRuns) != 3 || *speed.FloorRuns[2] != 120 {
		t.Errorf("speed is %+v", speed)
	}
	if len(speed.Aims) != 1 || speed.Aims[0] != (goal{"ratio ≥ 0.50", "ratio", "at least", 0.5, false}) {
		t.Errorf("aims are %+v", speed.Aims)
	}
	if memory.Ours != nil || memory.OursRuns[0] != nil || memory.Ratio != nil {
		t.Errorf("memory is %+v, want nothing", memory)
	}
	if len(r.Latencies) != 2 || r.Latencies[1].Side != "floor" || len(r.Latencies[0].Runs) != 3 || r.Latencies[0].Histogram[0][1] != 3 {
		t.Errorf("latencies are %+v", r.Latencies)
	}
	if r.Settings.OS == "linux" && (r.Machine.Kernel == "" || strings.Contains(r.Machine.Kernel, "-")) {
		t.Errorf("machine is %+v", r.Machine)
	}
}

func TestTables(t *testing.T) {
	var out strings.Builder
	rows := []row{{metric: metric{"speed", perSecond, ratioAtLeast(0.5)}, ours: []float64{10, 30, 20}, floor: []float64{20, 40, 50}}}
	printTable(&out, settings{Runs: 3, Size: "full"}, rows)
	l := &latency{name: "wait"}
	l.ours.add([]time.Duration{time.Millisecond})
	printLatencies(&out, []*latency{l})
	for _, want := range []string{
		"| speed | 20/s |  40/s |  0.50 | 0.40 – 0.75 | ratio ≥ 0.50, met |\n",
		"|-------|-----:|------:|------:|------------:|-------------------|\n",
		"| wait, ours                 |     1 | 999 µs | 999 µs | 999 µs | 999 µs | 1 ms |\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %s\nwant in it %s", &out, want)
		}
	}
}
