//go:build browser

package browsertest

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/internal/assets"
	"ironstar.dev/live/chart"
)

// chartScript is the client with the elements that draw small tables, with the npm
// packages of this repository. It is built once.
var chartScript = sync.OnceValues(func() (string, error) {
	return bundleOf("import \"ironstar\"\nimport \"ironstar/charts/echarts\"\nimport \"ironstar/charts/vega\"\n")
})

// bundleOf builds a script of an application.
func bundleOf(script string) (dir string, err error) {
	if dir, err = os.MkdirTemp("", "ironstar-charts"); err != nil {
		return "", err
	}
	if err = os.Mkdir(filepath.Join(dir, "web"), 0o755); err != nil {
		return "", err
	}
	packages, err := filepath.Abs("../../node_modules")
	if err != nil {
		return "", err
	}
	if err = os.Symlink(packages, filepath.Join(dir, "node_modules")); err != nil {
		return "", err
	}
	if err = os.WriteFile(filepath.Join(dir, "web", "app.ts"), []byte(script), 0o644); err != nil {
		return "", err
	}
	return dir, assets.Build(context.Background(), assets.Options{Root: dir, Datastar: assets.Pinned(assets.Kept("../.."))})
}

// dataOf is a table with a row for each line of a list: "label 3 4" has two numbers.
func dataOf(l gen.ListState) chart.Data {
	text := func(name string) chart.Column { return chart.Column{Column: ironstar.Column{Name: name}} }
	number := func(name string) chart.Column {
		return chart.Column{Column: ironstar.Column{Name: name, Type: ironstar.ColumnType{Kind: ironstar.IntColumn}}}
	}
	d := chart.Data{Caption: "Bids by lot", Columns: []chart.Column{text("lot"), number("bids"), number("bidders")}}
	for _, i := range l.Items {
		parts := strings.Fields(i.Text)
		row := []any{i.Text, nil, nil}
		for at := 1; at <= 2 && len(parts) > 2; at++ {
			if n, err := strconv.ParseInt(parts[len(parts)-3+at], 10, 64); err == nil {
				row[0], row[at] = strings.Join(parts[:len(parts)-2], " "), n
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

const vegaBars = `{"mark":"bar","encoding":{"x":{"field":"lot","type":"nominal","sort":null},"y":{"field":"bids","type":"quantitative"}},"params":[{"name":"pick","select":{"type":"point","fields":["lot"]}}]}`

// strictly takes 'unsafe-eval' out of the policy: what a page allows for its own
// attributes, charts do not need.
func strictly(next http.Handler, instead string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&strictWriter{ResponseWriter: w, instead: instead}, r)
	})
}

type strictWriter struct {
	http.ResponseWriter
	instead string // of 'unsafe-eval'
	began   bool
}

func (w *strictWriter) WriteHeader(status int) {
	w.began = true
	h := w.Header()
	h.Set("Content-Security-Policy", strings.ReplaceAll(h.Get("Content-Security-Policy"), " 'unsafe-eval'", w.instead))
	w.ResponseWriter.WriteHeader(status)
}

func (w *strictWriter) Write(b []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

func (w *strictWriter) Flush() {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *strictWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// watching notes what must not happen on a page with a chart, and counts what a chart does.
const watching = `window.wrong = []; window.chosen = []; window.drawn = 0
addEventListener("securitypolicyviolation", (e) => wrong.push(e.violatedDirective + " " + e.blockedURI + " " + e.sourceFile))
addEventListener("error", (e) => wrong.push(e.message))
addEventListener("unhandledrejection", (e) => wrong.push(String(e.reason)))
addEventListener("chart-select", (e) => chosen.push(e.detail))
addEventListener("chart-drawn", () => drawn++)
const error = console.error; console.error = (...what) => { wrong.push(what.join(" ")); error(...what) }
window.canvasOf = (name) => document.querySelector(name)?.shadowRoot?.querySelector("canvas")
window.inkOf = (name) => { const c = canvasOf(name); if (!c?.width) return 0
	const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data; let n = 0; for (let i = 3; i < d.length; i += 4) if (d[i] > 40) n++; return n }`

const chartStyle = `:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff } @media (prefers-color-scheme: dark) { :root { --ink: #e8ebef; --paper: #14171b } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 1rem; max-width: 60rem } a { color: inherit } h1 { font-size: 1.5rem }`

// openCharts opens a page with a chart of a list.
func openCharts(t *testing.T, picture func(d chart.Data) templ.Component, rows ...string) (*site, *tab) {
	t.Helper()
	s, b := openClient(t, clientPage{
		Bundle: chartScript, Script: watching, Style: chartStyle, Wrap: func(next http.Handler) http.Handler { return strictly(next, "") },
		Component: func(l gen.ListState, _ gen.BoardParams) templ.Component {
			return templ.Join(templ.Raw(`<main><h1>Charts</h1>`), picture(dataOf(l)), templ.Raw(`</main>`))
		},
	})
	for _, row := range rows {
		s.Post(todohttp.ListAddURL("x"), `{"text":`+quote(row)+`}`)
	}
	return s, b
}

// both are the two elements around the same table.
func both(d chart.Data) templ.Component {
	return templ.Join(chart.Bars(d, "lot", "bids", "bidders"), chart.Vega(d, []byte(vegaBars)))
}

// right fails the test if something went wrong on the page, or came from elsewhere.
func right(b *tab, s *site) {
	b.t.Helper()
	if wrong := eval[string](b, `wrong.join("\n")`); wrong != "" {
		b.t.Errorf("on the page: %s", wrong)
	}
	for _, name := range eval[[]string](b, `performance.getEntriesByType("resource").map(e => e.name)`) {
		if !strings.HasPrefix(name, s.URL(s.Addr, "/")) {
			b.t.Errorf("the page loads %s", name)
		}
	}
}

var threeRows = []string{"A chair 3 2", "A table 8 5", "A lamp 5 1"}

const drawnBoth = `inkOf("echarts-chart") > 500 && inkOf("vega-chart") > 500`

// TestC1_TableFirst: if what draws cannot be loaded, the table is shown, and the console says why.
func TestC1_TableFirst(t *testing.T) {
	_, b := openClient(t, clientPage{
		Bundle: chartScript, Script: watching,
		Wrap: func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "-drawing-") {
					http.NotFound(w, r)
					return
				}
				next.ServeHTTP(w, r)
			})
		},
		Component: func(l gen.ListState, _ gen.BoardParams) templ.Component { return both(dataOf(l)) },
	})
	b.Await("two messages", `wrong.filter(w => w.includes("the table stays")).length === 2`)
	for _, name := range []string{"echarts-chart", "vega-chart"} {
		if !eval[bool](b, `!document.querySelector("`+name+`").shadowRoot && document.querySelector("`+name+` caption").checkVisibility()`) {
			t.Errorf("%s does not show its table", name)
		}
	}
}

// TestC2_OneFile: a page without a chart loads nothing of one. A page that gets a chart
// by a patch loads one compressed file for it, whose name has a hash.
func TestC2_OneFile(t *testing.T) {
	s, b := openCharts(t, func(d chart.Data) templ.Component {
		if len(d.Rows) == 0 {
			return templ.Raw("")
		}
		return chart.Line(d, "lot", "bids")
	})
	const files = `performance.getEntriesByType("resource").filter(e => e.name.includes("/static/")).map(e => e.name.split("/").pop() + (e.encodedBodySize < e.decodedBodySize * .9 ? "" : " not compressed"))`
	if got := eval[[]string](b, files); len(got) != 1 || !strings.HasPrefix(got[0], "app-") {
		t.Errorf("a page without a chart loads %q", got)
	}
	s.Post(todohttp.ListAddURL("x"), `{"text":"A chair 3 2"}`)
	b.Await("a chart", `inkOf("echarts-chart") > 200`)
	got := eval[[]string](b, files)
	if len(got) != 2 || !regexp.MustCompile(`^echarts-drawing-[0-9A-Z]{8}\.js$`).MatchString(got[1]) {
		t.Errorf("a page with a chart loads %q", got)
	}
	right(b, s)
}

// TestC3_Draws: both elements draw their tables, where a policy forbids eval, styles
// and everything from elsewhere.
func TestC3_Draws(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Await("both", drawnBoth)
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		b.run(`document.querySelector("main").style.width = "45rem"; await new Promise(r => setTimeout(r, 300))`)
		b.Shot(scheme)
	}
	right(b, s)
}

// TestC4_NewRows: a patch of the table changes what is drawn, and nothing is built anew.
func TestC4_NewRows(t *testing.T) {
	s, b := openCharts(t, both, threeRows...)
	b.Await("both", drawnBoth)
	b.Scheme("light") // with little motion: each picture is drawn at once
	b.run(`await new Promise(r => setTimeout(r, 100)); window.drawn = 0; window.before = [canvasOf("echarts-chart"), canvasOf("vega-chart")]`)
	b.run(`window.inks = before.map((_, i) => inkOf(["echarts-chart", "vega-chart"][i]))`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"A very large bed 40 20"}`)
	b.Await("four rows in ECharts", `inkOf("echarts-chart") !== inks[0]`)
	b.Await("four rows in Vega", `inkOf("vega-chart") !== inks[1]`)
	b.Await("an event of each", `drawn >= 2`)
	if !eval[bool](b, `canvasOf("echarts-chart") === before[0] && canvasOf("vega-chart") === before[1]`) {
		t.Error("a chart was built anew")
	}
	right(b, s)
}

// TestC5_NewSpecification: a patch of the specification is drawn by the same element.
func TestC5_NewSpecification(t *testing.T) {
	s, b := openCharts(t, func(d chart.Data) templ.Component {
		if len(d.Rows) > 3 {
			return templ.Join(chart.Scatter(d, "bids", "bidders"), chart.Vega(d, []byte(strings.Replace(vegaBars, `"bar"`, `"point"`, 1))))
		}
		return both(d)
	}, threeRows...)
	b.Await("both", drawnBoth)
	b.run(`window.elements = ["echarts-chart", "vega-chart"].map(n => document.querySelector(n)); window.inks = elements.map(e => inkOf(e.localName))`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"A bed 4 2"}`)
	b.Await("points instead of bars", `elements.every((e, i) => { const now = inkOf(e.localName); return now > 100 && now < inks[i] / 2 })`)
	if !eval[bool](b, `elements.every(e => e.isConnected)`) {
		t.Error("the elements are others")
	}
	right(b, s)
}
