package codegen

import (
	"strings"

	encoding "ironstar.dev/wire"
)

// quoteJSON is a string as JSON.
func quoteJSON(s string) string { return string(encoding.AppendString(nil, s)) }

func lines(s string) []string { return strings.Split(strings.TrimSpace(s), "\n") }

func title(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
