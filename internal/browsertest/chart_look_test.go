//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live/chart"
)

// hasColour is a script that says whether a chart has pixels of a colour.
func hasColour(name string, r, g, b int) string {
	return fmt.Sprintf(`(() => { const c = canvasOf(%q); const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data
		let n = 0; for (let i = 0; i < d.length; i += 4) if (Math.abs(d[i]-%d) + Math.abs(d[i+1]-%d) + Math.abs(d[i+2]-%d) < 12 && d[i+3] > 200) n++; return n > 100 })()`, name, r, g, b)
}

// TestC6_Themes: a chart has the colours of its theme, light or dark, and of the tokens
// of the page, whenever they change. The colours of series stand out from the paper by 3:1.
func TestC6_Themes(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Scheme("light")
	names := []string{"echarts-chart", "vega-chart"}
	for _, name := range names {
		b.Await(name+" in light colours", hasColour(name, 0, 0x72, 0xb2))
	}
	b.Scheme("dark")
	for _, name := range names {
		b.Await(name+" in dark colours", hasColour(name, 0x56, 0xb4, 0xe9))
	}
	b.run(`document.documentElement.style.setProperty("--chart-1", "oklch(62.8% 0.2577 29.23)")`)
	for _, name := range names {
		b.Await(name+" in the colour of the page", hasColour(name, 255, 0, 0))
	}
	right(b, s)
}

// TestC7_Sizes: a chart is as wide as the room it has.
func TestC7_Sizes(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Await("both", drawnBoth)
	for _, width := range []int{640, 320} {
		b.run(fmt.Sprintf(`document.querySelector("main").style.width = "%dpx"`, width))
		for _, name := range []string{"echarts-chart", "vega-chart"} {
			b.Await(fmt.Sprintf("%s in %d pixels", name, width), fmt.Sprintf(`Math.abs(canvasOf(%q).getBoundingClientRect().width - %d) < 2 && inkOf(%[1]q) > 200`, name, width))
		}
	}
	right(b, s)
}

// TestC8_Table: the table is out of sight while there is a chart, a button shows it, with
// keys as well, and assistive technology has it all the time.
func TestC8_Table(t *testing.T) {
	s, b := openCharts(t, func(d chart.Data) templ.Component { return chart.Line(d, "lot", "bids") }, threeRows...)
	b.Await("a chart", `inkOf("echarts-chart") > 200`)
	const height = `document.querySelector("echarts-chart").shadowRoot.querySelector(".table").getBoundingClientRect().height`
	hidden := func() bool { return eval[float64](b, height) < 2 }
	if !hidden() {
		t.Error("the table is in sight")
	}
	readable := func(when string) {
		t.Helper()
		seen := b.accessible()
		for _, want := range []string{"table Bids by lot", "cell A lamp", "image Bids by lot", "button Show as a table"} {
			if !strings.Contains(seen, want+"\n") {
				t.Errorf("%s: assistive technology has no %q:\n%s", when, want, seen)
			}
		}
	}
	readable("out of sight")
	b.Type(kb.Tab)
	b.Type(kb.Enter)
	b.Await("the table", height+` > 50`)
	readable("in sight")
	if got := eval[string](b, `document.querySelector("echarts-chart").shadowRoot.activeElement.ariaExpanded`); got != "true" {
		t.Errorf("the button says %q", got)
	}
	s.Post(todohttp.ListAddURL("x"), `{"text":"A bed 4 2"}`)
	b.AwaitText("A bed")
	if hidden() {
		t.Error("a patch hides the table")
	}
	b.Type(" ")
	b.Await("no table", height+` < 2`)
	right(b, s)
}

// accessible returns roles and names in the accessibility tree, one a line.
func (p *tab) accessible() string {
	p.t.Helper()
	var b strings.Builder
	p.do("read the accessibility tree", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		tree, err := cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
		if err != nil {
			return err
		}
		for _, n := range tree.Nodes {
			if !n.Ignored && n.Role != nil && n.Name != nil {
				fmt.Fprintf(&b, "%s %s\n", strings.Trim(string(n.Role.Value), `"`), strings.Trim(string(n.Name.Value), `"`))
			}
		}
		return nil
	}))
	return b.String()
}

// TestC9_Accessible: axe-core finds nothing in a chart, with its table in sight or not,
// with notes, without rows, and when it cannot be drawn.
func TestC9_Accessible(t *testing.T) {
	_, b := openCharts(t, func(d chart.Data) templ.Component {
		more := d
		more.More, more.CSV, more.JSON = true, "/rows.csv", "/rows.json"
		empty := d
		empty.Rows, empty.Caption = nil, "Nothing yet"
		return templ.Join(chart.Line(more, "lot", "bids", "bidders"), chart.Vega(d, []byte(vegaBars)), chart.Bars(empty, "lot", "bids"),
			chart.Vega(d, []byte(`{"mark":"nothing"}`)))
	}, threeRows...)
	b.Await("charts", drawnBoth)
	b.AwaitText("There are more rows than these 3.")
	b.axe("charts")
	b.run(`for (const e of document.querySelectorAll("echarts-chart, vega-chart")) e.shadowRoot.querySelector("button:not(.off)")?.click()`)
	b.axe("charts and tables")
}
