package chart

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/live"
)

// Table is the table alone, with what a reader should know about it.
func Table(d Data) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		var b strings.Builder
		if err := d.write(ctx, &b, ""); err != nil {
			return err
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// write writes the table, and notes with further attributes.
func (d Data) write(ctx context.Context, b *strings.Builder, note string) error {
	if d.Caption == "" {
		return errors.New("chart: the data has no caption, which is the name of its table and of its chart")
	}
	if err := d.writeTable(ctx, b); err != nil {
		return fmt.Errorf("chart %q: %w", d.Caption, err)
	}
	return d.writeNotes(ctx, b, note)
}

func (d Data) writeTable(ctx context.Context, b *strings.Builder) error {
	fmt.Fprintf(b, `<table><caption>%s</caption><thead><tr>`, html.EscapeString(d.Caption))
	for _, c := range d.Columns {
		if c.Hidden {
			continue
		}
		unit, shown := "", ""
		if c.Unit != "" {
			unit, shown = fmt.Sprintf(` data-unit="%s" data-label="%s"`, html.EscapeString(c.Unit), html.EscapeString(c.heading())), " <small>("+html.EscapeString(c.Unit)+")</small>"
		}
		fmt.Fprintf(b, `<th scope="col" data-name="%s" data-type="%s"%s>%s%s</th>`,
			html.EscapeString(c.Name), c.scale(), unit, html.EscapeString(c.heading()), shown)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for at, row := range d.Rows {
		if len(row) != len(d.Columns) {
			return fmt.Errorf("row %d has %d values for %d columns", at, len(row), len(d.Columns))
		}
		b.WriteString("<tr>")
		for i, value := range row {
			if d.Columns[i].Hidden {
				continue
			}
			b.WriteString("<td>")
			if err := writeCell(ctx, b, d.Columns[i], value); err != nil {
				return err
			}
			b.WriteString("</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return nil
}

// writeNotes writes what a reader should know: whether the rows are all there are, how
// old they are, and where else they are.
func (d Data) writeNotes(ctx context.Context, b *strings.Builder, more string) error {
	notes := d.notes()
	if notes == "" && d.Late <= 0 && d.CSV == "" && d.JSON == "" {
		return nil
	}
	fmt.Fprintf(b, `<p class="chart-note"%s>%s`, more, notes)
	if d.Late > 0 && !d.At.IsZero() {
		b.WriteString("As of ")
		if err := live.Time(d.At).Render(ctx, b); err != nil {
			return err
		}
		b.WriteString(", " + behind(d.Late) + " behind. ")
	}
	for _, link := range []struct{ name, address string }{{"CSV", d.CSV}, {"JSON", d.JSON}} {
		if link.address != "" {
			fmt.Fprintf(b, `<a href="%s" download>%s</a> `, html.EscapeString(string(templ.URL(link.address))), link.name)
		}
	}
	b.WriteString("</p>")
	return nil
}

// notes says what is with the rows. What an error says is for the log: it may name
// files and parameters.
func (d Data) notes() string {
	s := ""
	switch {
	case d.Loading:
		s = "The numbers are being computed. "
	case errors.Is(d.Err, ironstar.ErrNoEngine):
		s = "This server cannot compute these numbers. "
	case errors.Is(d.Err, ironstar.ErrTooSlow):
		s = "Computing newer numbers took too long. "
	case errors.Is(d.Err, ironstar.ErrBusy):
		s = "Newer numbers have to wait: there is much to do. "
	case d.Err != nil:
		s = "There are no newer numbers: something went wrong. "
	}
	if d.More {
		s += fmt.Sprintf("There are more rows than these %d. ", len(d.Rows))
	}
	return s
}

// behind says how long something is, in one unit.
func behind(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", max(1, int(d.Round(time.Second)/time.Second)))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	}
	return fmt.Sprintf("%d h", int(d/time.Hour))
}
