package add

import (
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
)

// ErrByHand means that a file does not have the shape that is needed to put
// something into it. A person has to do it.
var ErrByHand = errors.New("put in by hand")

// insertion is text that is put into a file.
type insertion struct {
	at   int // offset in bytes
	text string
}

// insert returns the text with insertions. Those at one offset stay in their
// order. Line ends become those of the text.
func insert(text []byte, all ...insertion) []byte {
	slices.SortStableFunc(all, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	windows := bytes.Contains(text, []byte("\r\n"))
	var out []byte
	from := 0
	for _, i := range all {
		more := i.text
		if windows {
			more = strings.ReplaceAll(more, "\n", "\r\n")
		}
		out = append(append(out, text[from:i.at]...), more...)
		from = i.at
	}
	return append(out, text[from:]...)
}

// isInserted reports whether a text is another one with something put in at an
// offset.
func isInserted(before, after []byte, at int) bool {
	return len(after) >= len(before) && bytes.HasPrefix(after, before[:at]) && bytes.HasSuffix(after, before[at:])
}

// lineStart returns the offset at which the line of an offset begins.
func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

// lineEnd returns the offset of the line end after an offset.
func lineEnd(text []byte, at int) int {
	i := bytes.IndexByte(text[at:], '\n')
	switch {
	case i < 0:
		return len(text)
	case i > 0 && text[at+i-1] == '\r':
		return at + i - 1
	}
	return at + i
}

// indentAt returns the blanks with which the line of an offset begins.
func indentAt(text []byte, at int) string {
	line := text[lineStart(text, at):lineEnd(text, at)]
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// indented puts blanks before each line that is not empty.
func indented(text, indent string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(indent)
		}
		b.WriteString(line)
	}
	return b.String()
}

// LineOf returns the number of the first line that has a text, from 1 on, or 0.
func LineOf(text []byte, part string) int {
	i := bytes.Index(text, []byte(part))
	if i < 0 {
		return 0
	}
	return 1 + bytes.Count(text[:i], []byte("\n"))
}
