package chart

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// Line draws a line for each of the columns y along x.
func Line(d Data, x string, y ...string) templ.Component { return drawn(d, "line", x, y...) }

// Bars draws bars for each of the columns y along x.
func Bars(d Data, x string, y ...string) templ.Component { return drawn(d, "bar", x, y...) }

// Scatter draws a point for each row.
func Scatter(d Data, x, y string) templ.Component { return drawn(d, "scatter", x, y) }

// Heatmap draws a field for each row, in a colour that says how much value it has.
func Heatmap(d Data, x, y, value string) templ.Component {
	return picture(d, []string{x, y, value}, func() option {
		return option{Series: []series{{Type: "heatmap", Name: d.heading(value), Encode: map[string]string{"x": x, "y": y, "value": value}}}}
	})
}

// option is an option of ECharts.
type option struct {
	YAxis  *axis    `json:"yAxis,omitempty"`
	Series []series `json:"series"`
}

type axis struct {
	Name string `json:"name"`
}

type series struct {
	Type   string            `json:"type"`
	Name   string            `json:"name"`
	Encode map[string]string `json:"encode"`
}

func drawn(d Data, kind, x string, y ...string) templ.Component {
	return picture(d, append([]string{x}, y...), func() option {
		var o option
		for _, name := range y {
			o.Series = append(o.Series, series{Type: kind, Name: d.heading(name), Encode: map[string]string{"x": x, "y": name}})
		}
		if unit := d.commonUnit(y); unit != "" {
			o.YAxis = &axis{unit}
		}
		return o
	})
}

// picture draws columns, all of which the data must have.
func picture(d Data, columns []string, make func() option) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		if len(columns) < 2 {
			return fmt.Errorf("chart %q: it needs a column along x and one or more along y", d.Caption)
		}
		for _, name := range columns {
			if _, found := d.column(name); !found {
				return fmt.Errorf("chart %q: there is no column %q to draw; there are %q", d.Caption, name, d.names())
			}
		}
		text, err := json.Marshal(make())
		if err != nil {
			return fmt.Errorf("chart %q: %w", d.Caption, err)
		}
		return ECharts(d, text).Render(ctx, w)
	})
}

func (d Data) heading(name string) string {
	c, _ := d.column(name)
	return c.heading()
}

// commonUnit returns the unit that all of the columns have, or "".
func (d Data) commonUnit(columns []string) string {
	unit := ""
	for i, name := range columns {
		c, _ := d.column(name)
		if i > 0 && c.Unit != unit {
			return ""
		}
		unit = c.Unit
	}
	return unit
}

func (d Data) names() []string {
	var names []string
	for _, c := range d.Columns {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}
