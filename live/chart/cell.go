package chart

import (
	"context"
	"fmt"
	"html"
	"io"
	"strconv"
	"time"

	"ironstar.dev"
	"ironstar.dev/live"
)

// writeCell writes a value for people, with what a machine reads in an attribute where
// that is something else. nil is an empty cell.
func writeCell(ctx context.Context, w io.Writer, c Column, value any) error {
	var err error
	switch v := value.(type) {
	case nil:
	case time.Time:
		return live.Time(v).Render(ctx, w)
	case ironstar.Date:
		_, err = fmt.Fprintf(w, `<time datetime="%s">%[1]s</time>`, html.EscapeString(v.String()))
	case time.Duration:
		_, err = fmt.Fprintf(w, `<data value="%s">%s</data>`, strconv.FormatFloat(v.Seconds(), 'f', -1, 64), v)
	case string:
		_, err = io.WriteString(w, html.EscapeString(v))
	case int64:
		_, err = io.WriteString(w, strconv.FormatInt(v, 10))
	case float64:
		_, err = io.WriteString(w, strconv.FormatFloat(v, 'f', -1, 64))
	case bool:
		_, err = io.WriteString(w, map[bool]string{true: "yes", false: "no"}[v])
	case ironstar.Decimal:
		_, err = io.WriteString(w, html.EscapeString(v.String()))
	case ironstar.UUID:
		_, err = io.WriteString(w, v.String())
	case []byte:
		_, err = fmt.Fprintf(w, "%d bytes", len(v))
	default:
		err = fmt.Errorf("chart: column %q has a value of type %T; a table shows what ironstar.ColumnKind names, and no lists and structs", c.Name, value)
	}
	return err
}
