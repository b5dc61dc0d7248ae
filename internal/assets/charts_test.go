package assets_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// withCharts is a project with small stand-ins for the packages that draw.
func withCharts(t *testing.T, script string) *project {
	p := newProject(t)
	p.put("web/app.ts", script)
	for name, text := range map[string]string{
		"echarts/charts":     "export const BarChart = 1, BoxplotChart = 1, CandlestickChart = 1, HeatmapChart = 1, LineChart = 1, PieChart = 1, ScatterChart = 1",
		"echarts/components": "export const AriaComponent = 1, BrushComponent = 1, DatasetComponent = 1, DataZoomComponent = 1, GridComponent = 1, LegendComponent = 1, MarkAreaComponent = 1, MarkLineComponent = 1, MarkPointComponent = 1, TitleComponent = 1, TooltipComponent = 1, TransformComponent = 1, VisualMapComponent = 1",
		"echarts/core":       "export const use = () => {}, init = () => 'a stand-in for ECharts'",
		"echarts/renderers":  "export const CanvasRenderer = 1",
	} {
		p.put("node_modules/"+name+"/index.js", text+"\n")
	}
	return p
}

// TestCharts: what draws a chart is a file of its own, which the script loads by its
// address, and which shares nothing with the script. A second build does nothing.
func TestCharts(t *testing.T) {
	p := withCharts(t, "import 'ironstar/charts/echarts'\n")
	p.mustBuild()
	m := p.manifest()
	script, drawing := string(p.get("static/dist/"+m["app.js"])), string(p.get("static/dist/"+m["echarts-drawing.js"]))
	if !strings.Contains(script, `import("/static/`+m["echarts-drawing.js"]+`")`) || strings.Contains(script, "stand-in") || regexp.MustCompile(`import[\s{"']*[\w{"'].*from`).MatchString(script) {
		t.Errorf("the script is %.2000s", script)
	}
	if !strings.Contains(drawing, "a stand-in for ECharts") || strings.Contains(drawing, "import") {
		t.Errorf("what draws is %.300s", drawing)
	}
	if log := p.mustBuild(); log != "assets: nothing changed\n" {
		t.Errorf("the second build said %q", log)
	}
	p.put("node_modules/echarts/core/index.js", "export const use = () => {}, init = () => 'another stand-in'\n")
	p.mustBuild()
	if now := p.manifest(); now["echarts-drawing.js"] == m["echarts-drawing.js"] || now["app.js"] == m["app.js"] {
		t.Errorf("the package changed, and the names did not: %v", now)
	}
	p.put("web/app.ts", "console.log(1)\n")
	p.mustBuild()
	for _, name := range p.dist() {
		if strings.Contains(name, "drawing") {
			t.Errorf("without charts there is %s", name)
		}
	}
	if text := p.get("static/dist/.client/charts/echarts.ts"); !strings.Contains(string(text), "echarts-chart") {
		t.Errorf("editors find %s", text)
	}
}

// TestChartsWithoutTheirPackage: the message says what to install, whichever chart it is.
func TestChartsWithoutTheirPackage(t *testing.T) {
	for imported, want := range map[string]string{
		"ironstar/charts/echarts": `ironstar/charts/echarts draws with echarts/`,
		"ironstar/charts/vega":    `npm install --save-dev --save-exact vega@6.4.0 vega-lite@6.5.0 vega-interpreter@2.3.2`,
		"ironstar/charts/mosaic":  `@duckdb/duckdb-wasm@1.33.1-dev57.0 parquet-wasm@0.8.0`,
		"ironstar/charts/pies":    `there is no ironstar/charts/pies; there are ironstar/charts/echarts, ironstar/charts/vega and ironstar/charts/mosaic`,
		"ironstar/charts/":        `there is no ironstar/charts/;`,
	} {
		p := newProject(t)
		p.put("web/app.ts", "import '"+imported+"'\n")
		if _, err := p.build(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", imported, err, want)
		}
	}
}

// TestLargeFiles: a file that the browser loads by itself is served with a hash in its
// name, and a large one is not compressed with brotli, which would take minutes.
func TestLargeFiles(t *testing.T) {
	p := newProject(t)
	p.put("web/app.ts", "import 'ironstar/charts/mosaic'\n")
	for name, text := range map[string]string{
		"@uwdata/mosaic-core/index.js":                         "export const Coordinator = 1, DuckDBWASMConnector = 1",
		"@uwdata/mosaic-spec/index.js":                         "export const astToDOM = 1, parseSpec = 1",
		"@uwdata/vgplot/index.js":                              "export const createAPIContext = 1",
		"@duckdb/duckdb-wasm/index.js":                         "export const AsyncDuckDB = 1, VoidLogger = 1",
		"@duckdb/duckdb-wasm/dist/duckdb-eh.wasm":              strings.Repeat("not really WebAssembly ", 250_000),
		"@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js": strings.Repeat("let x = 'import';", 100),
		"parquet-wasm/index.js":                                "export default 1; export const readParquet = 1",
		"parquet-wasm/esm/parquet_wasm_bg.wasm":                "small",
	} {
		p.put("node_modules/"+name, text)
	}
	p.mustBuild()
	drawing := string(p.get("static/dist/" + p.manifest()["mosaic-drawing.js"]))
	for _, stem := range []string{"duckdb-eh", "duckdb-browser-eh.worker", "parquet_wasm_bg"} {
		if !regexp.MustCompile(`"/static/` + regexp.QuoteMeta(stem) + `-[0-9A-Z]{8}\.(wasm|js)"`).MatchString(drawing) {
			t.Errorf("no address of %s is in %.600s", stem, drawing)
		}
	}
	found, err := filepath.Glob(filepath.Join(p.root, "static/dist/duckdb-eh-*"))
	if err != nil || len(found) != 3 {
		t.Errorf("the large file is %q (%v), want it as it is, as gzip and as zstd", found, err)
	}
	if _, err := os.Stat(filepath.Join(p.root, "static/dist", "README.md")); err != nil {
		t.Error(err)
	}
}
