package ops

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// printTable writes rows in columns. A heading that begins with > belongs to a column
// of numbers.
func printTable(out io.Writer, rows [][]string) {
	heads := rows[0]
	right := make([]bool, len(heads))
	for i, head := range heads {
		heads[i], right[i] = strings.CutPrefix(head, ">")
	}
	widths := make([]int, len(heads))
	for _, row := range rows {
		for i := range row {
			row[i] = oneLine(row[i])
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if right[i] {
				line.WriteString(space + cell + "  ")
			} else {
				line.WriteString(cell + space + "  ")
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line.String(), " "))
	}
}
