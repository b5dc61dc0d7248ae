package main

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"os"
	"path/filepath"
	"strings"
)

// drawCharts writes <group>.svg for each group with aims. If several reports
// have a group, the last one counts. The same reports give the same bytes.
func drawCharts(dir string, files []string) error {
	charts := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var r report
		if err := json.Unmarshal(text, &r); err != nil {
			return fmt.Errorf("%s is not what -json writes: %w", file, err)
		}
		groups := map[string][]figure{}
		for _, f := range r.Rows {
			if len(f.Aims) > 0 && f.Ours != nil && f.Floor != nil {
				groups[f.Group] = append(groups[f.Group], f)
			}
		}
		for name, figures := range groups {
			charts[name] = chart(name, r.Settings, figures)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, svg := range charts {
		if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Measures of a chart, in pixels.
const (
	chartWidth = 760
	barsFrom   = 90  // the left end of all bars
	barsWidth  = 450 // length of the scale; figures are to the right of it
	barHeight  = 14
	rowHeight  = 84
	headHeight = 62
)

// chartStyle follows the light or dark mode of the reader's system. It has its
// own background, because the page around may not follow.
const chartStyle = `text{font:13px system-ui,sans-serif;fill:#1f2328}.h{font-size:16px;font-weight:600}.n{font-weight:600}.s{fill:#59636e;font-size:12px}` +
	`.g{fill:#fff}.o{fill:#0a62c9}.f{fill:#a9b4bf}.r{stroke:#1f2328}.a{stroke:#b3450b;stroke-width:2}.t{fill:#b3450b;font-size:12px}` +
	`@media(prefers-color-scheme:dark){text{fill:#e6edf3}.s{fill:#9198a1}.g{fill:#0d1117}.o{fill:#58a6ff}.f{fill:#59636e}.r{stroke:#e6edf3}.a{stroke:#f0883e}.t{fill:#f0883e}}`

// chart draws two bars for each figure, ours above the floor, with a line from
// the least to the greatest run, and marks for the aims.
func chart(group string, s settings, figures []figure) string {
	other := "floor"
	if group == "peers" {
		other = "other"
	}
	height := headHeight + rowHeight*len(figures)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n", chartWidth, height)
	fmt.Fprintf(&b, "<title>Benchmarks: %s</title>\n<style>%s</style>\n", html.EscapeString(group), chartStyle)
	fmt.Fprintf(&b, `<rect class="g" width="%d" height="%d" rx="6"/>`+"\n", chartWidth, height)
	word(&b, "h", 16, 26, group)
	word(&b, "s", 16, 46, fmt.Sprintf("%s, %s/%s, %d CPUs, median of %d runs; thin lines: from the least run to the most", s.Go, s.OS, s.Arch, s.CPUs, s.Runs))
	for i, f := range figures {
		f.draw(&b, other, float64(headHeight+i*rowHeight))
	}
	return b.String() + "</svg>\n"
}

func (f figure) draw(b *strings.Builder, other string, y float64) {
	most := max(*f.Ours, *f.Floor)
	for _, g := range f.Aims {
		most = max(most, g.at(f))
	}
	most *= 1.15 // a much slower run is cut off
	x := func(v float64) float64 { return barsFrom + barsWidth*min(v/most, 1) }
	better := "less is better"
	if f.Aims[0].Kind == "at least" {
		better = "more is better"
	}
	word(b, "n", 16, y+12, f.Name)
	bar(b, "o", y+22, x, "ours", *f.Ours, f.OursRuns, f.Unit.format(*f.Ours)+", "+digits(*f.Ours / *f.Floor)+" × "+other)
	bar(b, "f", y+40, x, other, *f.Floor, f.FloorRuns, f.Unit.format(*f.Floor))
	var aims []string
	for _, g := range f.Aims {
		at := x(g.at(f))
		fmt.Fprintf(b, `<path class="a" d="M%.1f %.1fv38"/>`+"\n", at, y+19)
		aims = append(aims, g.Text+g.mark())
	}
	word(b, "t", barsFrom, y+70, "aim: "+strings.Join(aims, ", ")+" ("+better+")")
}

// at returns the position of an aim on the scale of its figure.
func (g goal) at(f figure) float64 {
	if g.Of == "ratio" {
		return g.Value * *f.Floor
	}
	return g.Value
}

func (g goal) mark() string {
	if g.Met {
		return " ✓ met"
	}
	return " ✗ missed"
}

// bar draws a figure with the range of its runs.
func bar(b *strings.Builder, class string, y float64, x func(float64) float64, name string, v float64, runs []*float64, text string) {
	least, most := math.Inf(1), math.Inf(-1)
	for _, r := range runs {
		if r != nil {
			least, most = min(least, *r), max(most, *r)
		}
	}
	fmt.Fprintf(b, `<text class="s" x="%d" y="%.1f" text-anchor="end">%s</text>`, barsFrom-8, y+11, html.EscapeString(name))
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%.1f" width="%.1f" height="%d" rx="2"/>`, class, barsFrom, y, max(x(v)-barsFrom, 1), barHeight)
	if most > least {
		fmt.Fprintf(b, `<path class="r" d="M%.1f %.1fH%.1f"/>`, x(least), y+barHeight/2, x(most))
	}
	word(b, "", barsFrom+barsWidth+8, y+11.5, text)
}

func word(b *strings.Builder, class string, x, y float64, text string) {
	if class != "" {
		class = ` class="` + class + `"`
	}
	fmt.Fprintf(b, `<text%s x="%.1f" y="%.1f">%s</text>`+"\n", class, x, y, html.EscapeString(text))
}
