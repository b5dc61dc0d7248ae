package main

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// unit is the unit of figures.
type unit string

const (
	duration  unit = "s"
	size      unit = "B"
	perSecond unit = "1/s"
	times     unit = "1"
)

// format writes a figure with three digits.
func (u unit) format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case u == duration && v < 1e-6:
		return digits(v*1e9) + " ns"
	case u == duration && v < 1e-3:
		return digits(v*1e6) + " µs"
	case u == duration && v < 1:
		return digits(v*1e3) + " ms"
	case u == duration:
		return digits(v) + " s"
	case u == size:
		return digits(v/1e6) + " MB"
	case u == perSecond && v >= 1e4:
		return digits(v/1e3) + "k/s"
	case u == perSecond:
		return digits(v) + "/s"
	}
	return digits(v)
}

func digits(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "–"
	case v == math.Trunc(v) || v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// printTable writes rows as Markdown that is readable as plain text.
func printTable(w io.Writer, s settings, rows []row) {
	if len(rows) == 0 {
		return
	}
	cells := [][]string{{"", "ours", "floor", "ratio", "run by run", "aim"}}
	for _, r := range rows {
		ours, floor, name := median(r.ours), median(r.floor), r.name
		if len(r.ours) < s.Runs {
			name += fmt.Sprintf(" (of %d)", len(r.ours))
		}
		cells = append(cells, []string{name, r.unit.format(ours), r.unit.format(floor), digits(r.ratio()), r.spread(), r.verdict()})
	}
	fmt.Fprintf(w, "\n%s\n\n", s)
	writeTable(w, cells)
}

// printLatencies writes the latencies of all runs together.
func printLatencies(w io.Writer, all []*latency) {
	if len(all) == 0 {
		return
	}
	cells := [][]string{{"latency, all runs together", "count", "p50", "p90", "p99", "p99.9", "max"}}
	for _, l := range all {
		for _, side := range l.sides() {
			line := []string{l.name + ", " + side.name, fmt.Sprint(side.all.count())}
			for _, q := range []float64{0.5, 0.9, 0.99, 0.999} {
				line = append(line, duration.format(side.all.quantile(q)))
			}
			most := slices.MaxFunc(side.runs, func(a, b quantiles) int { return cmp.Compare(a.Max, b.Max) }).Max
			cells = append(cells, append(line, duration.format(most)))
		}
	}
	fmt.Fprintln(w)
	writeTable(w, cells)
}

func writeTable(w io.Writer, cells [][]string) {
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for i, line := range cells {
		fmt.Fprintln(w, tableLine(line, cells[0], widths))
		if i == 0 {
			fmt.Fprintln(w, ruler(line, widths))
		}
	}
}

// spread returns the least and the greatest ratio of single runs.
func (r row) spread() string {
	least, most := r.pairs()
	if len(r.ours) < 2 || least > most {
		return ""
	}
	return digits(least) + " – " + digits(most)
}

func (r row) verdict() string {
	switch {
	case len(r.aim) == 0:
		return ""
	case r.aim.met(median(r.ours), r.ratio()):
		return r.aim.text() + ", met"
	}
	return r.aim.text() + ", MISSED"
}

// tableLine aligns figures to the right and words to the left.
func tableLine(cells, header []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if isWords(header, i) {
			cell += space
		} else {
			cell = space + cell
		}
		b.WriteString("| " + cell + " ")
	}
	return b.String() + "|"
}

// isWords reports whether a column holds words: the names of rows and their
// aims.
func isWords(header []string, i int) bool { return i == 0 || header[i] == "aim" }

func ruler(header []string, widths []int) string {
	var b strings.Builder
	for i, n := range widths {
		line := strings.Repeat("-", n+1)
		if isWords(header, i) {
			b.WriteString("|" + line + "-")
		} else {
			b.WriteString("|" + line + ":")
		}
	}
	return b.String() + "|"
}
