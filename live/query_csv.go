package live

import (
	"bytes"

	"ironstar.dev"
	"ironstar.dev/wire/cell"
)

// csv is an answer as CSV.
func (q *queried[R, P]) csv(a ironstar.Answer[R]) []byte {
	rows := make([][]any, len(a.Rows))
	for i, row := range a.Rows {
		rows[i] = q.Values(row)
	}
	var b bytes.Buffer
	_ = cell.WriteCSV(&b, q.Columns, rows) // memory does not fail
	return b.Bytes()
}
