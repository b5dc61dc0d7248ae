package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

// unit is what figures are counted in.
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

// printTable writes rows as Markdown that is also readable as it is.
func printTable(w io.Writer, o options, rows []row) {
	if len(rows) == 0 {
		return
	}
	cells := [][]string{{"", "ours", "floor", "ratio", "aim"}}
	for _, r := range rows {
		ours, floor, name := median(r.ours), median(r.floor), r.name
		if len(r.ours) < o.runs {
			name += fmt.Sprintf(" (of %d)", len(r.ours))
		}
		cells = append(cells, []string{name, r.unit.format(ours), r.unit.format(floor), digits(r.ratio()), r.verdict()})
	}
	widths := make([]int, len(cells[0]))
	for _, line := range cells {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	fmt.Fprintf(w, "\n%s\n\n", setting(o))
	for i, line := range cells {
		fmt.Fprintln(w, tableLine(line, widths))
		if i == 0 {
			fmt.Fprintln(w, ruler(widths))
		}
	}
}

// setting says under which conditions the figures came about.
func setting(o options) string {
	size := "full"
	if o.quick {
		size = "quick"
	}
	return fmt.Sprintf("%s, %s/%s, %d CPUs, median of %d, %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.runs, size)
}

func (r row) verdict() string {
	switch {
	case r.aim.met == nil:
		return ""
	case r.aim.met(median(r.ours), r.ratio()):
		return r.aim.text + ", met"
	}
	return r.aim.text + ", MISSED"
}

// tableLine puts figures to the right and words to the left.
func tableLine(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
		if i == 0 || i == len(cells)-1 {
			cell += space
		} else {
			cell = space + cell
		}
		b.WriteString("| " + cell + " ")
	}
	return b.String() + "|"
}

func ruler(widths []int) string {
	var b strings.Builder
	for i, n := range widths {
		line := strings.Repeat("-", n+1)
		if i == 0 || i == len(widths)-1 {
			b.WriteString("|" + line + "-")
		} else {
			b.WriteString("|" + line + ":")
		}
	}
	return b.String() + "|"
}

// figure is a row in JSON. Runs without a figure are null.
type figure struct {
	Name  string     `json:"name"`
	Unit  unit       `json:"unit"`
	Ours  *float64   `json:"ours"`
	Floor *float64   `json:"floor"`
	Ratio *float64   `json:"ratio"`
	Aim   string     `json:"aim,omitempty"`
	Met   *bool      `json:"met,omitempty"`
	Runs  []*float64 `json:"ours_runs"`
	Bare  []*float64 `json:"floor_runs"`
}

func writeJSON(file string, o options, rows []row) error {
	report := struct {
		Setting string   `json:"setting"`
		Rows    []figure `json:"rows"`
	}{setting(o), []figure{}}
	for _, r := range rows {
		f := figure{Name: r.name, Unit: r.unit, Aim: r.aim.text, Ours: number(median(r.ours)), Floor: number(median(r.floor)), Ratio: number(r.ratio())}
		if r.aim.met != nil {
			met := r.aim.met(median(r.ours), r.ratio())
			f.Met = &met
		}
		for i := range r.ours {
			f.Runs, f.Bare = append(f.Runs, number(r.ours[i])), append(f.Bare, number(r.floor[i]))
		}
		report.Rows = append(report.Rows, f)
	}
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}

// number is nil for what JSON has no number for.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
