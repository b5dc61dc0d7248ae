package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestChartsInDocs draws the charts in docs/bench again, from the reports next
// to them.
func TestChartsInDocs(t *testing.T) {
	const docs = "../docs/bench"
	reports, err := filepath.Glob(docs + "/*.json")
	if err != nil || len(reports) == 0 {
		t.Fatalf("no reports in %s: %v", docs, err)
	}
	dir := t.TempDir()
	if err := drawCharts(dir, reports); err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	for _, d := range []string{dir, docs} {
		charts, err := filepath.Glob(d + "/*.svg")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range charts {
			files[filepath.Base(c)] = true
		}
	}
	for name := range files {
		want, err := os.ReadFile(filepath.Join(dir, name))
		got, err2 := os.ReadFile(filepath.Join(docs, name))
		if err != nil || err2 != nil || string(got) != string(want) {
			t.Errorf("%s is not what make charts writes: %v", name, errors.Join(err, err2))
		}
	}
}

// TestCharts draws the charts of two reports. Both have one of the groups.
func TestCharts(t *testing.T) {
	dir := t.TempDir()
	first, second, charts := filepath.Join(dir, "1"), filepath.Join(dir, "2"), filepath.Join(dir, "charts")
	row := func(group, name string, ours, floor float64, a aim) figure {
		return row{metric: metric{name, duration, a}, group: group, ours: []float64{ours, ours * 2}, floor: []float64{floor, floor}}.figure()
	}
	for file, rows := range map[string][]figure{
		first:  {row("a", "one & <two>", 1, 2, ratioAtMost(0.75)), row("a", "without an aim", 1, 2, nil), row("b", "old", 1, 2, atMost(duration, 4))},
		second: {row("b", "new", 3, 2, atMost(duration, 1)), row("c", "without an aim", 1, 2, nil)},
	} {
		if err := (report{Rows: rows}).write(file); err != nil {
			t.Fatal(err)
		}
	}
	drawn := map[string]string{}
	for range 2 {
		if err := drawCharts(charts, []string{first, second}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"a", "b"} {
			svg, err := os.ReadFile(filepath.Join(charts, name+".svg"))
			if err != nil {
				t.Fatal(err)
			}
			if drawn[name] != "" && drawn[name] != string(svg) {
				t.Errorf("%s is not the same twice", name)
			}
			drawn[name] = string(svg)
		}
	}
	if _, err := os.Stat(filepath.Join(charts, "c.svg")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a group without aims has a chart: %v", err)
	}
	for name, want := range map[string][]string{
		// The scale ends at 1.15 times the floor of 2: 450 pixels for 2.3.
		"a": {">one &amp; &lt;two&gt;<", `class="o" x="90" y="84.0" width="195.7"`, `class="f" x="90" y="102.0" width="391.3"`, "ratio ≤ 0.75 ✓ met (less is better)", "0.50 × floor", `d="M383.5 81.0v38"`},
		"b": {">new<", "≤ 1 s ✗ missed", "1.50 × floor"},
	} {
		for _, w := range want {
			if !strings.Contains(drawn[name], w) {
				t.Errorf("%s has no %s in it:\n%s", name, w, drawn[name])
			}
		}
		if strings.Contains(drawn[name], "without an aim") || strings.Contains(drawn[name], ">old<") {
			t.Errorf("%s shows too much:\n%s", name, drawn[name])
		}
		for d := xml.NewDecoder(strings.NewReader(drawn[name])); ; {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is no XML: %v", name, err)
			}
		}
	}
}
