package cell

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
	"ironstar.dev/wire"
)

// WriteCSV writes the names of columns and rows as RFC 4180 says, in UTF-8. An empty
// field is null or an empty text. A text that a spreadsheet would take for a formula
// gets an apostrophe before it, as OWASP recommends: it may be from a stranger.
func WriteCSV(out io.Writer, columns []ironstar.Column, rows [][]any) error {
	w := csv.NewWriter(out)
	w.UseCRLF = true
	line := make([]string, len(columns))
	for i, c := range columns {
		line[i] = c.Name
	}
	if err := w.Write(line); err != nil {
		return err
	}
	for _, row := range rows {
		for i, v := range row {
			line[i] = csvField(v)
		}
		if err := w.Write(line); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

func csvField(v any) string {
	text := String(v)
	if _, isText := v.(string); isText && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

// String returns a value as a text that people and programs can read. Null is "".
func String(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		return ironstar.FormatDuration(v)
	case []byte:
		return string(wire.AppendBytes(nil, v))
	}
	return fmt.Sprint(v)
}

// AppendJSON appends a value of a row as JSON. It panics for what no column of an answer
// has: lists and structs.
func AppendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return wire.AppendString(b, v)
	case int64:
		return wire.AppendInt(b, v)
	case float64:
		return wire.AppendNumber(b, v)
	case bool:
		return wire.AppendBool(b, v)
	case time.Time:
		return wire.AppendTime(b, v)
	case time.Duration:
		return wire.AppendDuration(b, v)
	case []byte:
		return wire.AppendBytes(b, v)
	case ironstar.Date:
		return wire.AppendDate(b, v)
	case ironstar.Decimal:
		return wire.AppendDecimal(b, v)
	case ironstar.UUID:
		return wire.AppendUUID(b, v)
	}
	panic(fmt.Sprintf("cell: a value of type %T in an answer", v))
}
