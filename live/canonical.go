package live

import "bytes"

// isCanonical reports whether requestHash's decoding and encoding would return
// a JSON object byte for byte. It is a shortcut: it recognizes flat objects of
// plain strings, integers, true, false and null, which most commands are, and
// returns false for all others.
func isCanonical(object []byte) bool {
	b, ok := bytes.CutPrefix(object, []byte("{"))
	for last := []byte(nil); ok; {
		var name []byte
		if name, b, ok = cutPlain(b); !ok || last != nil && bytes.Compare(name, last) <= 0 {
			return false // names are sorted by their bytes
		}
		last = name
		if b, ok = bytes.CutPrefix(b, []byte(":")); !ok {
			return false
		}
		if b, ok = cutScalar(b); !ok {
			return false
		}
		if string(b) == "}" {
			return true
		}
		b, ok = bytes.CutPrefix(b, []byte(","))
	}
	return false
}

// cutPlain cuts off a string of ASCII characters that need no escape, and
// returns it without its quotes.
func cutPlain(b []byte) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], true
		case c < ' ' || c > '~' || c == '\\' || c == '<' || c == '>' || c == '&':
			return nil, nil, false
		}
	}
	return nil, nil, false
}

func cutScalar(b []byte) (rest []byte, ok bool) {
	for _, word := range []string{"true", "false", "null", "0"} {
		if rest, ok = bytes.CutPrefix(b, []byte(word)); ok {
			return rest, true
		}
	}
	n := 0
	for n < len(b) && '0' <= b[n] && b[n] <= '9' {
		n++
	}
	if n > 0 {
		return b[n:], true
	}
	_, rest, ok = cutPlain(b)
	return rest, ok
}
