package wire

import (
	"strings"
	"unicode/utf8"
)

// text writes what somebody typed as the JSON of a kind. Text that does not look
// like its kind becomes a string, which the decoder refuses.
func (v *values) text(b []byte, e entry, in *Input, s string) []byte {
	if !utf8.ValidString(s) {
		v.report(e.path, problemUTF8())
		return append(b, "0"...)
	}
	trimmed := strings.TrimSpace(s)
	switch in.Kind {
	case InputText:
		if v.boxes { // browsers end a line of a text area with both, a script sends what it shows
			s = strings.ReplaceAll(s, "\r\n", "\n")
		}
		return AppendString(b, s)
	case InputFlag:
		switch strings.ToLower(trimmed) {
		case "true", "on", "yes", "1":
			return append(b, "true"...)
		case "false", "off", "no", "0":
			return append(b, "false"...)
		}
	case InputNumber, InputInt:
		if n, ok := readNumber(trimmed); ok {
			if text, ok := n.json(in.Kind); ok {
				return append(b, text...)
			}
		}
	case InputDecimal:
		if n, ok := readNumber(trimmed); ok && n.exponent == "" {
			return AppendString(b, n.decimal())
		}
	case InputTime:
		return v.time(b, e, trimmed)
	case InputUUID:
		return AppendString(b, strings.ToLower(trimmed))
	case InputJSON:
		if err := isJSON(trimmed); err != nil {
			v.report(e.path, problem("json", params{"expected": "JSON"}, "These data cannot be read.", err.Error()))
			return append(b, "0"...)
		}
		return append(b, trimmed...)
	}
	return AppendString(b, trimmed)
}

// isJSON checks that s is exactly one JSON value, because it is inserted into
// other JSON.
func isJSON(s string) error {
	_, err := Decode([]byte(s), func(d *Decoder) struct{} {
		d.skip()
		return struct{}{}
	})
	return err
}
