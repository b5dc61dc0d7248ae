package live

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"ironstar.dev"
)

// csv is an answer as RFC 4180 says, in UTF-8.
func (q *queried[R, P]) csv(a ironstar.Answer[R]) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := make([]string, len(q.Columns))
	for i, c := range q.Columns {
		line[i] = c.Name
	}
	_ = w.Write(line) // memory does not fail
	for _, row := range a.Rows {
		for i, v := range q.Values(row) {
			line[i] = csvCell(v)
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// csvCell is a value as text. A text that a spreadsheet would take for a formula gets an
// apostrophe before it, as OWASP recommends: it may be from a stranger.
func csvCell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if v != "" && strings.ContainsRune("=+-@\t\r", rune(v[0])) {
			return "'" + v
		}
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case time.Duration:
		return ironstar.FormatDuration(v)
	}
	return fmt.Sprint(v)
}
