package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// signals is the value of a data-signals attribute. Datastar reads it as an
// expression, in which it looks for $name, @name( and its own marks without
// asking whether they are in a string, and cuts it at quotes that it does not
// always pair as JSON does. So all that a text can hold beyond letters and
// digits is written as \uXXXX. It panics for what is not JSON, which no text
// can cause.
func signals(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("web: signals: %v", err))
	}
	return plain(string(text))
}

// quoted is a text as part of an expression. Use it for addresses, which the
// server made; texts of users belong into signals.
func quoted(s string) string { return signals(s) }

// harmless is what stays as it is: the JSON around texts, and what cannot mean
// anything within them.
const harmless = `abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:_-+{}[]"`

// plain writes the same JSON with nothing but harmless characters.
func plain(doc string) string {
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
			panic("web: signals: json.Marshal wrote " + s[:6])
		}
		return r, 6
	}
	return rune(map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[s[1]]), 2
}
