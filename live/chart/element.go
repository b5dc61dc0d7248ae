package chart

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/a-h/templ"
)

// ECharts draws data with an option of ECharts, which is JSON. The rows are its first
// dataset, so its series have encode: {"series":[{"type":"line","encode":{"x":"minute",
// "y":"bids"}}]}. The types of axes follow from the columns.
func ECharts(d Data, option json.RawMessage) templ.Component {
	return element(d, "echarts-chart", "option", option)
}

// Vega draws data with a specification of Vega-Lite or Vega, which is JSON. The rows
// are its data "table", which a specification of Vega-Lite need not name.
func Vega(d Data, spec json.RawMessage) templ.Component {
	return element(d, "vega-chart", "spec", spec)
}

// Mosaic draws the rows at an address of this server with a specification of Mosaic,
// which is JSON: Parquet, Arrow or CSV, up to some millions of rows, which are loaded
// into a database in the browser as the table "table". d is what people without a
// script see, and its rows are a summary: few. The page needs live.ViewOptions.Wasm.
func Mosaic(d Data, src string, spec json.RawMessage) templ.Component {
	return element(d, "mosaic-plot", "spec", spec, "src", string(templ.URL(src)))
}

// element writes an element with a specification and further attributes around a table.
func element(d Data, name, attribute string, spec json.RawMessage, more ...string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var object map[string]any
		if err := json.Unmarshal(spec, &object); err != nil {
			return fmt.Errorf("chart %q: its %s is not a JSON object: %w", d.Caption, attribute, err)
		}
		var b strings.Builder
		fmt.Fprintf(&b, `<%s %s="%s"`, name, attribute, html.EscapeString(string(spec)))
		for i := 0; i < len(more); i += 2 {
			fmt.Fprintf(&b, ` %s="%s"`, more[i], html.EscapeString(more[i+1]))
		}
		if d.Height != "" {
			fmt.Fprintf(&b, ` height="%s"`, html.EscapeString(d.Height))
		}
		b.WriteString(">")
		if err := d.write(ctx, &b, ` slot="note"`); err != nil {
			return err
		}
		fmt.Fprintf(&b, "</%s>", name)
		_, err := io.WriteString(w, b.String())
		return err
	})
}
