package sqlite

import (
	"encoding/json"
	"unicode/utf8"

	"ironstar.dev"
)

// encodeMetadata is json.Marshal without reflection, as long as no text needs
// escaping; ids never do.
func encodeMetadata(m *ironstar.Metadata) (string, error) {
	if *m == (ironstar.Metadata{}) {
		return "{}", nil
	}
	b := make([]byte, 0, 256)
	for _, f := range [...]struct{ start, text string }{
		{`,"command":"`, m.CommandID},
		{`,"correlation":"`, m.Correlation},
		{`,"causation":"`, m.Causation},
		{`,"actor":"`, m.Actor},
		{`,"session":"`, m.Session},
		{`,"traceparent":"`, m.TraceParent},
	} {
		if f.text == "" {
			continue
		}
		if !unescaped(f.text) {
			text, err := json.Marshal(m)
			return string(text), err
		}
		b = append(append(append(b, f.start...), f.text...), '"')
	}
	b[0] = '{'
	return string(append(b, '}')), nil
}

// unescaped reports whether json.Marshal leaves s as it is.
func unescaped(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c >= utf8.RuneSelf:
			return false
		case c == '"' || c == '\\' || c == '<' || c == '>' || c == '&':
			return false
		}
	}
	return true
}
