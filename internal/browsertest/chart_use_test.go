//go:build browser

package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live/chart"
)

// clickIn clicks into a chart, at a place in parts of its drawing.
func (p *tab) clickIn(name string, x, y float64) {
	p.t.Helper()
	p.run(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center", behavior: "instant"})`, name))
	at := eval[[]float64](p, fmt.Sprintf(`(() => { const r = canvasOf(%q).getBoundingClientRect(); return [r.left + r.width * %g, r.top + r.height * %g] })()`, name, x, y))
	p.do("click in "+name, chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]), chromedp.MouseClickXY(at[0], at[1]))
}

// TestC10_Selection: a click on a bar is an event of the element, with the field and the
// value that was chosen.
func TestC10_Selection(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Await("both", drawnBoth)
	b.clickIn("echarts-chart", 0.46, 0.75)
	b.Await("a choice in ECharts", `chosen.some(c => c.field === "lot" && c.value === "A table" && c.row.bids === 8)`)
	b.run(`chosen.length = 0`)
	b.clickIn("vega-chart", 0.5, 0.5)
	b.Await("a choice in Vega", `chosen.some(c => c.name === "pick" && c.field === "lot" && c.value === "A table")`)
	right(b, s)
}

// TestC11_Ends: an element that a patch moves goes on with what it has drawn; one that is
// taken away gives everything back.
func TestC11_Ends(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Await("both", drawnBoth)
	b.run(`window.before = [canvasOf("echarts-chart"), canvasOf("vega-chart")]
		const main = document.querySelector("main"); for (const e of [...main.querySelectorAll("echarts-chart, vega-chart")]) { e.remove(); main.prepend(e) }
		await new Promise(r => setTimeout(r, 100))`)
	if !eval[bool](b, `canvasOf("echarts-chart") === before[0] && canvasOf("vega-chart") === before[1] && inkOf("vega-chart") > 500`) {
		t.Error("a moved chart was built anew")
	}
	b.run(`delete window.before`)
	// mount makes charts, waits until each is drawn, and takes them away.
	mount := func(times int) {
		b.run(fmt.Sprintf(`const from = [...document.querySelectorAll("echarts-chart, vega-chart")]
			for (let i = 0; i < %d; i++) {
				const twins = from.map(e => e.cloneNode(true)), drawn = twins.map(e => new Promise(r => e.addEventListener("chart-drawn", r, {once: true})))
				document.querySelector("main").append(...twins); await Promise.all(drawn); for (const e of twins) e.remove()
			}`, times))
	}
	mount(20)
	before := b.memory()
	for range 10 {
		mount(50) // two charts each
	}
	after := b.memory()
	t.Logf("before: %+v, after 1000 charts: %+v", before, after)
	if after.nodes > before.nodes+500 || after.listeners > before.listeners+100 || after.heap > before.heap+8<<20 {
		t.Errorf("1000 charts that are gone leave something: before %+v, after %+v", before, after)
	}
	right(b, s)
}

// memory is what a page holds after garbage was collected.
type memory struct{ heap, nodes, listeners int }

func (p *tab) memory() (m memory) {
	p.t.Helper()
	p.do("collect garbage", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, performance.Enable, performance.EnableParams{}); err != nil {
			return err
		}
		for range 3 {
			if _, err := cdp.Call(ctx, target, heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
				return err
			}
		}
		used, err := cdp.Call(ctx, target, runtime.GetHeapUsage, cdp.Empty{})
		if err != nil {
			return err
		}
		m.heap = int(used.UsedSize)
		metrics, err := cdp.Call(ctx, target, performance.GetMetrics, cdp.Empty{})
		if err != nil {
			return err
		}
		for _, one := range metrics.Metrics {
			switch one.Name {
			case "Nodes":
				m.nodes = int(one.Value)
			case "JSEventListeners":
				m.listeners = int(one.Value)
			}
		}
		return nil
	}))
	return m
}

// TestC12_TextStaysText: whatever a cell says, it is text in the drawing and its tooltip.
func TestC12_TextStaysText(t *testing.T) {
	hostile := []string{`<img src=/x onerror=wrong.push("ran")> 3 2`, `</table><script>wrong.push("ran")</script> 8 5`, `{a|${wrong.push("ran")}} 5 1`}
	s, b := openCharts(t, both, hostile...)
	b.Await("both", drawnBoth)
	for _, name := range []string{"echarts-chart", "vega-chart"} {
		b.clickIn(name, 0.46, 0.75)
	}
	b.Await("choices", `chosen.length >= 2`)
	if got := eval[int](b, `[document, ...[...document.querySelectorAll("echarts-chart, vega-chart")].map(e => e.shadowRoot)].reduce((n, r) => n + r.querySelectorAll("img, table script, script:not([src], [nonce])").length, 0)`); got != 0 {
		t.Errorf("cells became %d elements", got)
	}
	if !eval[bool](b, `chosen.some(c => c.value === "</table><script>wrong.push(\"ran\")</script>")`) {
		t.Error("the choice is another text")
	}
	right(b, s)
}

// TestC13_Words: without rows a chart says so; with a wrong specification it says that
// it cannot be drawn and shows the table, and the console says why.
func TestC13_Words(t *testing.T) {
	s, b := openCharts(t, func(d chart.Data) templ.Component {
		spec := vegaBars
		if len(d.Rows) == 2 {
			spec = `{"mark":"nothing"}`
		}
		return chart.Vega(d, []byte(spec))
	})
	const words = `document.querySelector("vega-chart").shadowRoot?.querySelector(".message").textContent`
	b.Await("words", words+` === "There is nothing to show yet."`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"A chair 3 2"}`)
	b.Await("a chart", `inkOf("vega-chart") > 200`)
	right(b, s)
	s.Post(todohttp.ListAddURL("x"), `{"text":"A table 3 2"}`)
	b.Await("words", words+` === "This chart cannot be drawn. Its numbers are in the table."`)
	if !eval[bool](b, `document.querySelector("vega-chart td").getBoundingClientRect().height > 5 && wrong.some(w => w.includes("cannot be drawn"))`) {
		t.Error("the table is not in sight, or the console does not say why")
	}
	s.Post(todohttp.ListAddURL("x"), `{"text":"A lamp 3 2"}`)
	b.Await("a chart again", `inkOf("vega-chart") > 200 && `+words+` === ""`)
}

// TestC14_Address: rows come from an address of this server as JSON or CSV, and are in a
// table of the element. An address elsewhere is refused.
func TestC14_Address(t *testing.T) {
	rows := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".csv") {
			w.Header().Set("Content-Type", "text/csv; charset=utf-8")
			fmt.Fprint(w, "lot,bids\r\n\"A \"\"chair\"\", old\",3\r\nA table,\r\nA lamp,7\r\n")
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"position":7,"rows":[{"lot":"A chair","bids":3},{"lot":"A lamp","bids":7}]}`)
	})
	element := func(id, src string) string {
		return fmt.Sprintf(`<vega-chart id="%s" aria-label="Bids" src="%s" spec="%s"></vega-chart>`, id, src, templ.EscapeString(vegaBars))
	}
	s, b := openClient(t, clientPage{
		Bundle: chartScript, Script: watching, Style: chartStyle,
		Wrap: func(next http.Handler) http.Handler {
			mux := http.NewServeMux()
			mux.Handle("/rows.csv", rows)
			mux.Handle("/rows.json", rows)
			mux.Handle("/", strictly(next, ""))
			return mux
		},
		Live: func(gen.ListState, gen.BoardParams) string {
			return element("j", "/rows.json") + element("c", "/rows.csv") + element("e", "https://elsewhere.invalid/rows.json")
		},
	})
	cells := func(id string) string {
		return `[...(document.querySelector("#` + id + `")?.shadowRoot?.querySelectorAll("td") ?? [])].map(e => e.textContent).join("|")`
	}
	b.Await("JSON", `inkOf("#j") > 200 && `+cells("j")+` === "A chair|3|A lamp|7"`)
	b.Await("CSV", `inkOf("#c") > 200 && `+cells("c")+` === 'A "chair", old|3|A table||A lamp|7'`)
	b.Await("a refusal", `wrong.length === 1 && wrong[0].includes("is not on this server")`)
	b.run(`wrong.length = 0`)
	right(b, s)
}

// TestC15_OneTable: several charts draw one table that is elsewhere on the page.
func TestC15_OneTable(t *testing.T) {
	s, b := openCharts(t, func(d chart.Data) templ.Component {
		return templ.Join(templ.Raw(`<div id="numbers">`), chart.Table(d), templ.Raw(`</div>`),
			templ.Raw(fmt.Sprintf(`<vega-chart id="one" table="numbers" spec="%s"></vega-chart><vega-chart id="two" table="numbers" spec="%[1]s"></vega-chart>`, templ.EscapeString(vegaBars))))
	}, threeRows...)
	b.Await("two charts", `inkOf("#one") > 200 && inkOf("#two") > 200`)
	b.run(`window.inks = [inkOf("#one"), inkOf("#two")]`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"A bed 30 20"}`)
	b.Await("new rows in both", `inkOf("#one") !== inks[0] && inkOf("#two") !== inks[1]`)
	right(b, s)
}
