package codegen

import (
	"strings"
	"unicode/utf8"

	encoding "ironstar.dev/wire"
)

// quoteJSON is a string as JSON.
func quoteJSON(s string) string { return string(encoding.AppendString(nil, s)) }

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

// title is a name with a capital first; it may be empty, or of any script.
func title(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}
