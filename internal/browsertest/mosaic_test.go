//go:build browser

package browsertest

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

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

// openMosaic opens a page with a plot of a file, whose policy allows WebAssembly and no eval.
func openMosaic(t *testing.T, file string) *tab {
	t.Helper()
	_, b := openClient(t, clientPage{
		Bundle: mosaicScript, Script: watching, Style: chartStyle,
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
	return b
}

func TestMosaicDraft(t *testing.T) {
	b := openMosaic(t, map[bool]string{true: os.Getenv("ROWS"), false: "testdata/prices.parquet"}[os.Getenv("ROWS") != ""])
	b.Await("a plot", `document.querySelector("mosaic-plot").shadowRoot?.querySelectorAll(".plot svg rect").length > 10`)
	b.Scheme("light")
	b.run(`await new Promise(r => setTimeout(r, 500))`)
	b.Shot("light")
	if wrong := eval[string](b, `wrong.join("\n")`); wrong != "" {
		t.Error(wrong)
	}
}
