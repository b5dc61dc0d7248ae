//go:build browser

package browsertest

import (
	"cmp"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/chromedp"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/live/chart"
)

// mosaicScript is the client with the element for millions of rows.
var mosaicScript = sync.OnceValues(func() (string, error) {
	return bundleOf("import \"ironstar\"\nimport \"ironstar/charts/mosaic\"\n")
})

// crossfilter are two histograms, of which each filters the other.
const crossfilter = `{"params":{"brush":{"select":"crossfilter"}},"vconcat":[
	{"plot":[{"mark":"rectY","data":{"from":"table","filterBy":"$brush"},"x":{"bin":"price"},"y":{"count":null},"fill":"var(--series-1)","inset":0.5},{"select":"intervalX","as":"$brush"}],"height":160,"xDomain":"Fixed","xLabel":"Price"},
	{"plot":[{"mark":"rectY","data":{"from":"table","filterBy":"$brush"},"x":{"bin":"hour"},"y":{"count":null},"fill":"var(--series-2)","inset":0.5},{"select":"intervalX","as":"$brush"}],"height":160,"xDomain":"Fixed","xLabel":"Hour"}]}`

// countingWorkers counts workers that are ended.
const countingWorkers = `; window.ended = 0; const end = Worker.prototype.terminate; Worker.prototype.terminate = function () { ended++; end.call(this) }`

// openMosaic opens a page with a plot of a file, whose policy allows WebAssembly and no eval.
func openMosaic(t *testing.T, file string) (*site, *tab) {
	t.Helper()
	return openClient(t, clientPage{
		Bundle: mosaicScript, Script: watching + countingWorkers, Style: chartStyle,
		Wrap: func(next http.Handler) http.Handler {
			strict := strictly(next, " 'wasm-unsafe-eval'")
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/prices" {
					w.Header().Set("Content-Type", "application/vnd.apache.parquet")
					http.ServeFile(w, r, file)
					return
				}
				if strings.HasPrefix(r.URL.Path, "/static/duckdb") {
					next.ServeHTTP(w, r) // the worker of the database has a policy of its own
					return
				}
				strict.ServeHTTP(w, r)
			})
		},
		Component: func(l gen.ListState, _ gen.BoardParams) templ.Component {
			return templ.Join(templ.Raw(`<main><h1>Prices</h1>`), chart.Mosaic(dataOf(l), "/prices", []byte(crossfilter)), templ.Raw(`</main>`))
		},
	})
}

// TestC16_ManyRows: a plot draws a file of the server in a database in the browser. A
// brush in one plot filters the other, and is an event; nothing is asked of the server.
// The worker ends with the last plot.
func TestC16_ManyRows(t *testing.T) {
	s, b := openMosaic(t, cmp.Or(os.Getenv("ROWS"), "testdata/prices.parquet"))
	const plots = `[...(document.querySelector("mosaic-plot")?.shadowRoot?.querySelectorAll(".plot svg") ?? [])]`
	b.Await("two plots", plots+`.length === 2 && `+plots+`.every(p => p.querySelectorAll("rect").length > 10)`)
	t.Logf("from the start of the page to the plots: %d ms", eval[int](b, `Math.round(performance.now())`))
	b.Shot("light")
	requests := eval[int](b, `performance.getEntriesByType("resource").length`)
	const bars = plots + `[1].innerHTML`
	b.run(`window.before = ` + bars)
	edge := eval[[]float64](b, `(() => { const r = `+plots+`[0].getBoundingClientRect(); return [r.left + r.width * .3, r.left + r.width * .6, r.top + r.height / 2] })()`)
	b.do("brush", chromedp.MouseEvent(chromedp.MousePressed, edge[0], edge[2], chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, edge[1], edge[2], chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, edge[1], edge[2], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	b.Await("the other plot filtered", bars+` !== before`)
	b.Await("a choice", `chosen.some(c => c.name === "brush" && c.field === "price" && c.range[0] < c.range[1] && c.range[0] > 200)`)
	if now := eval[int](b, `performance.getEntriesByType("resource").length`); now != requests {
		t.Errorf("brushing loads something: %d requests before, %d after", requests, now)
	}
	right(b, s)
	b.run(`document.querySelector("mosaic-plot").remove()`)
	b.Await("no worker", `ended === 1`)
}
