// Package chart puts charts on pages: a table of rows, and an element of the client
// that draws it.
//
//	@chart.Line(chart.From(answer, "Bids per minute"), "minute", "bids")
//
// The table is the data. A page without scripts has it, screen readers read it, and a
// feed changes it like any other content of a page; the element draws what the table
// says. So a chart on a page needs nothing of its page but the import of its element:
// "ironstar/charts/echarts" in web/app.ts, or "ironstar/charts/vega". docs/ELEMENTS.md
// says what the elements do.
//
// It promises that whatever is in a row stays text, and that no page says what is in
// the error of an answer. It asks no queries.
package chart
