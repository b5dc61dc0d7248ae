package chart_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live/chart"
)

type row struct {
	Minute time.Time
	Lot    string
	Bids   int64
	Price  *float64
}

// columns and values are what an answer has from generated code.
var (
	columns = []ironstar.Column{
		{Name: "minute", Type: ironstar.ColumnType{Kind: ironstar.TimeColumn}},
		{Name: "lotName", Type: ironstar.ColumnType{Kind: ironstar.TextColumn}},
		{Name: "bids", Type: ironstar.ColumnType{Kind: ironstar.IntColumn}},
		{Name: "price", Type: ironstar.ColumnType{Kind: ironstar.NumberColumn, Optional: true}},
	}
	values = func(r row) []any {
		var price any
		if r.Price != nil {
			price = *r.Price
		}
		return []any{r.Minute, r.Lot, r.Bids, price}
	}
)

var noon = time.Date(2026, 3, 9, 12, 3, 0, 0, time.UTC)

func answer(lots ...string) (a ironstar.Answer[row]) {
	a.Columns, a.Values = columns, values
	for i, lot := range lots {
		a.Rows = append(a.Rows, row{noon, lot, int64(i), nil})
	}
	return a
}

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ExampleLine() {
	a := answer()
	a.Rows = []row{{noon, "a chair", 3, nil}}
	var b strings.Builder
	err := chart.Line(chart.From(a, "Bids per minute", chart.Hide("lotName", "price")), "minute", "bids").Render(context.Background(), &b)
	fmt.Println(strings.ReplaceAll(b.String(), "><", ">\n<"), err)
	// Output:
	// <echarts-chart option="{&#34;series&#34;:[{&#34;type&#34;:&#34;line&#34;,&#34;name&#34;:&#34;Bids&#34;,&#34;encode&#34;:{&#34;x&#34;:&#34;minute&#34;,&#34;y&#34;:&#34;bids&#34;}}]}">
	// <table>
	// <caption>Bids per minute</caption>
	// <thead>
	// <tr>
	// <th scope="col" data-name="minute" data-type="time">Minute</th>
	// <th scope="col" data-name="bids" data-type="number">Bids</th>
	// </tr>
	// </thead>
	// <tbody>
	// <tr>
	// <td>
	// <time datetime="2026-03-09T12:03:00Z" data-local-time>2026-03-09 12:03 UTC</time>
	// </td>
	// <td>3</td>
	// </tr>
	// </tbody>
	// </table>
	// </echarts-chart> <nil>
}

// TestPictures: each picture is the option that ECharts needs for it.
func TestPictures(t *testing.T) {
	d := chart.From(answer("a"), "Bids", chart.Unit("bids", "€"), chart.Unit("price", "€"), chart.Label("price", "Highest"), chart.Height("24rem"))
	for want, c := range map[string]templ.Component{
		`{"yAxis":{"name":"€"},"series":[{"type":"line","name":"Bids","encode":{"x":"minute","y":"bids"}},{"type":"line","name":"Highest","encode":{"x":"minute","y":"price"}}]}`: chart.Line(d, "minute", "bids", "price"),
		`{"yAxis":{"name":"€"},"series":[{"type":"bar","name":"Bids","encode":{"x":"lotName","y":"bids"}}]}`:                                                                      chart.Bars(d, "lotName", "bids"),
		`{"yAxis":{"name":"€"},"series":[{"type":"scatter","name":"Highest","encode":{"x":"bids","y":"price"}}]}`:                                                                 chart.Scatter(d, "bids", "price"),
		`{"series":[{"type":"heatmap","name":"Bids","encode":{"value":"bids","x":"minute","y":"lotName"}}]}`:                                                                      chart.Heatmap(d, "minute", "lotName", "bids"),
	} {
		html := render(t, c)
		if !strings.Contains(html, `option="`+templ.EscapeString(want)+`" height="24rem">`) || !strings.Contains(html, `data-unit="€" data-label="Highest">Highest <small>(€)</small>`) {
			t.Errorf("%s\nis not what is drawn:\n%s", want, html)
		}
	}
	if html := render(t, chart.Mosaic(d, "/prices.parquet", []byte(`{"plot":[]}`))); !strings.Contains(html, `<mosaic-plot spec="{&#34;plot&#34;:[]}" src="/prices.parquet" `) {
		t.Error(html)
	}
}

// TestCells: a value of each kind is what a person reads, and what a machine reads if
// that is something else.
func TestCells(t *testing.T) {
	date := ironstar.Date{Year: 2026, Month: 3, Day: 9}
	decimal, err := ironstar.ParseDecimal("12.50")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		kind  ironstar.ColumnKind
		value any
		scale string
		cell  string
	}{
		{ironstar.TextColumn, "a & b", "text", "a &amp; b"},
		{ironstar.IntColumn, int64(-9007199254740993), "number", "-9007199254740993"},
		{ironstar.NumberColumn, 1e21, "number", "1000000000000000000000"},
		{ironstar.BoolColumn, true, "text", "yes"},
		{ironstar.TimeColumn, noon, "time", `<time datetime="2026-03-09T12:03:00Z" data-local-time>2026-03-09 12:03 UTC</time>`},
		{ironstar.DateColumn, date, "time", `<time datetime="2026-03-09">2026-03-09</time>`},
		{ironstar.DecimalColumn, decimal, "number", "12.50"},
		{ironstar.UUIDColumn, ironstar.UUID{}, "text", "00000000-0000-0000-0000-000000000000"},
		{ironstar.DurationColumn, 90 * time.Second, "number", `<data value="90">1m30s</data>`},
		{ironstar.BytesColumn, []byte("abc"), "text", "3 bytes"},
		{ironstar.IntColumn, nil, "number", ""},
	} {
		d := chart.Data{Caption: "c", Columns: []chart.Column{{Column: ironstar.Column{Name: "v", Type: ironstar.ColumnType{Kind: test.kind}}}}, Rows: [][]any{{test.value}}}
		if html := render(t, chart.Table(d)); !strings.Contains(html, `data-type="`+test.scale+`"`) || !strings.Contains(html, "<td>"+test.cell+"</td>") {
			t.Errorf("%v is %s, want %s as %s", test.value, html, test.cell, test.scale)
		}
	}
}

// TestNotes: a page says whether its numbers are all, how old they are, and where else
// they are. It does not say what is in an error.
func TestNotes(t *testing.T) {
	secret := errors.New("open /var/secret: token=abc")
	for want, a := range map[string]ironstar.Answer[row]{
		"":                                   {},
		"The numbers are being computed. ":   {Loading: true},
		"There are more rows than these 0. ": {More: true},
		"This server cannot compute these numbers. ":         {Err: fmt.Errorf("%w: %w", ironstar.ErrNoEngine, secret)},
		"Computing newer numbers took too long. ":            {Err: fmt.Errorf("%w: %w", ironstar.ErrTooSlow, secret)},
		"Newer numbers have to wait: there is much to do. ":  {Err: fmt.Errorf("%w: %w", ironstar.ErrBusy, secret)},
		"There are no newer numbers: something went wrong. ": {Err: secret},
		"2026-03-09 12:03 UTC</time>, 40 s behind. ":         {At: noon, Late: 40 * time.Second},
		"2026-03-09 12:03 UTC</time>, 3 min behind. ":        {At: noon, Late: 199 * time.Second},
		"2026-03-09 12:03 UTC</time>, 50 h behind. ":         {At: noon, Late: 50 * time.Hour},
		"2026-03-09 12:03 UTC</time>, 1 s behind. ":          {At: noon, Late: time.Millisecond},
	} {
		a.Columns, a.Values = columns, values
		html := render(t, chart.Line(chart.From(a, "Bids"), "minute", "bids"))
		if _, note, found := strings.Cut(html, `<p class="chart-note" slot="note">`); found != (want != "") || !strings.Contains(note, want) {
			t.Errorf("the note is %q, want %q in it", note, want)
		}
		if strings.Contains(html, "secret") || strings.Contains(html, "abc") {
			t.Errorf("a page says what is in an error: %s", html)
		}
	}
	links := render(t, chart.Table(chart.From(answer(), "Bids", chart.Links("/b.csv?a=1&b=2", "javascript:alert(1)"))))
	if !strings.Contains(links, `<p class="chart-note"><a href="/b.csv?a=1&amp;b=2" download>CSV</a>`) || strings.Contains(links, "javascript:") {
		t.Error(links)
	}
}

// TestHostileText: whatever a row, a heading or a caption says stays text.
func TestHostileText(t *testing.T) {
	for _, hostile := range []string{`<script>`, `"><img src=x onerror=x>`, `' onload='`, "</table>", "\x00<b>", strings.Repeat("<i>", 100_000)} {
		d := chart.From(answer(hostile), hostile, chart.Label("bids", hostile), chart.Unit("bids", hostile), chart.Height(hostile), chart.Links(hostile, hostile))
		html := render(t, chart.Line(d, "minute", "bids"))
		for _, tag := range []string{"<script", "<img", "<b>", "<i>"} {
			if strings.Contains(html, tag) {
				t.Errorf("%.40q became an element: %.300s", hostile, html)
			}
		}
		if strings.Count(html, "</table>") != 1 || strings.Contains(html, `' onload='`) {
			t.Errorf("%.40q is not only text: %.300s", hostile, html)
		}
	}
}

// TestMistakes: what a page got wrong is an error that says it.
func TestMistakes(t *testing.T) {
	d := chart.From(answer("a"), "Bids", chart.Hide("price"))
	short := d
	short.Rows = [][]any{{noon}}
	list := d
	list.Rows = [][]any{{noon, "a", []any{1}, nil}}
	unnamed := d
	unnamed.Caption = ""
	for want, c := range map[string]templ.Component{
		`chart "Bids": there is no column "bid" to draw; there are ["minute" "lotName" "bids"]`: chart.Line(d, "minute", "bid"),
		`there is no column "price"`: chart.Scatter(d, "minute", "price"),
		`needs a column along x`:     chart.Bars(d, "minute"),
		`row 0 has 1 values for 4`:   chart.Table(short),
		`has a value of type []`:     chart.Line(list, "minute", "bids"),
		`no caption`:                 chart.Table(unnamed),
		`spec is not a JSON object`:  chart.Vega(d, []byte(`[1]`)),
		`option is not a JSON`:       chart.ECharts(d, []byte(`{`)),
	} {
		var b strings.Builder
		if err := c.Render(t.Context(), &b); err == nil || !strings.Contains(err.Error(), want) || b.Len() > 0 {
			t.Errorf("got %v after %d bytes, want %q", err, b.Len(), want)
		}
	}
}
