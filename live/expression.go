package live

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Expression returns a value, such as a text, as part of a Datastar expression:
// JSON whose texts contain only letters, digits and some punctuation. Datastar
// looks for $name, @name( and its own markers, also in strings, and splits
// expressions at quotes that it does not always pair as JSON does. So all other
// characters are written as escapes, \u and four digits, and every text is safe.
// The value of a data-signals attribute is an expression:
//
//	<div data-signals={ live.Expression(map[string]any{"text": typed}) }>
//
// It panics if encoding/json refuses v, which no text can cause.
func Expression(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("live: expression: %v", err))
	}
	return escapeJSON(string(text))
}

// harmless is what stays as it is: the JSON around texts, and what cannot mean
// anything within them.
const harmless = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:_-+{}[]"`

// escapeJSON writes the same JSON with nothing but harmless characters.
func escapeJSON(doc string) string {
	var b strings.Builder
	for i := 0; i < len(doc); {
		r, n := utf8.DecodeRuneInString(doc[i:])
		if r == '\\' {
			r, n = escaped(doc[i:])
		} else if strings.ContainsRune(harmless, r) {
			b.WriteRune(r)
			i += n
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
		i += n
	}
	return b.String()
}

// escaped reads one of the escapes that json.Marshal writes.
func escaped(s string) (r rune, length int) {
	if s[1] == 'u' {
		_, err := fmt.Sscanf(s[2:6], "%04x", &r)
		if err != nil {
			panic("live: expression: json.Marshal wrote " + s[:6])
		}
		return r, 6
	}
	return rune(map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[s[1]]), 2
}
