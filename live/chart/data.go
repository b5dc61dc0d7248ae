package chart

import (
	"time"

	"ironstar.dev"
)

// Data is a table to draw, and what a reader should know about it.
type Data struct {
	Caption string // what the table says; required
	Columns []Column
	Rows    [][]any // a value for each column: nil, or of the Go type that its kind names

	More    bool          // there are more rows than these
	Loading bool          // the rows are being computed for the first time
	At      time.Time     // when they were computed; zero if nobody need know
	Late    time.Duration // how far they are behind
	Err     error         // why there are no newer ones; a page says that it is so, and not what is in it

	CSV, JSON string // addresses of the same rows; "" for none
	Height    string // of the drawing in CSS, "24rem"; "" is the element's own
}

// Column is a column of a table.
type Column struct {
	ironstar.Column
	Label  string // its heading; "" is its name in words
	Unit   string // of its numbers: "€"; "" for none
	Hidden bool   // it is not shown
}

// Option is what a page says of the rows of an answer.
type Option func(*Data)

// From returns the rows of an answer as a table.
func From[R any](a ironstar.Answer[R], caption string, options ...Option) Data {
	d := Data{Caption: caption, More: a.More, Loading: a.Loading, At: a.At, Late: a.Late, Err: a.Err}
	for _, c := range a.Columns {
		d.Columns = append(d.Columns, Column{Column: c})
	}
	for _, r := range a.Rows {
		d.Rows = append(d.Rows, a.Values(r))
	}
	for _, o := range options {
		o(&d)
	}
	return d
}

// Label gives a column a heading. A name that no column has changes nothing, so that
// one option serves several queries.
func Label(column, label string) Option {
	return forColumn(column, func(c *Column) { c.Label = label })
}

// Unit says what the numbers of a column are: "€", "ms".
func Unit(column, unit string) Option {
	return forColumn(column, func(c *Column) { c.Unit = unit })
}

// Hide leaves columns out.
func Hide(columns ...string) Option {
	return func(d *Data) {
		for _, name := range columns {
			forColumn(name, func(c *Column) { c.Hidden = true })(d)
		}
	}
}

// Links adds links to the same rows as CSV and JSON. "" leaves one out.
func Links(csv, json string) Option {
	return func(d *Data) { d.CSV, d.JSON = csv, json }
}

// Height says how high the drawing is, in CSS: "24rem".
func Height(css string) Option {
	return func(d *Data) { d.Height = css }
}

func forColumn(name string, change func(*Column)) Option {
	return func(d *Data) {
		for i := range d.Columns {
			if d.Columns[i].Name == name {
				change(&d.Columns[i])
			}
		}
	}
}

// column returns a column that is shown.
func (d Data) column(name string) (Column, bool) {
	for _, c := range d.Columns {
		if c.Name == name && !c.Hidden {
			return c, true
		}
	}
	return Column{}, false
}
