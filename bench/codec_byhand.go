package main

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"ironstar.dev"
	"ironstar.dev/gen/todo"
)

// The other floor of the codec is careful hand-written code for one event. It
// is as strict as the generated code (no null, unknown, duplicate, missing or
// wrong-case field, no invalid UTF-8, no lone surrogate), and the text of the
// event shares memory with one copy of the payload. An error has no details.

var errByHand = errors.New("not an Added event")

// decodeByHand reads an Added event.
func decodeByHand(payload []byte) (e todo.ListAdded, err error) {
	s := scan{src: string(payload)}
	var hasID, hasText bool
	if !s.token('{') {
		return e, errByHand
	}
	for !s.token('}') {
		if (hasID || hasText) && !s.token(',') {
			return e, errByHand
		}
		name, ok := s.text()
		if !ok || !s.token(':') {
			return e, errByHand
		}
		switch {
		case name == "id" && !hasID:
			text, ok := s.text()
			if e.ID, err = ironstar.ParseUUID(text); !ok || err != nil {
				return e, errByHand
			}
			hasID = true
		case name == "text" && !hasText:
			if e.Text, ok = s.text(); !ok {
				return e, errByHand
			}
			hasText = true
		default:
			return e, errByHand
		}
	}
	s.space()
	if !hasID || !hasText || s.at != len(s.src) {
		return e, errByHand
	}
	return e, nil
}

// scan is a position in JSON text.
type scan struct {
	src string
	at  int
}

func (s *scan) space() {
	for s.at < len(s.src) && strings.IndexByte(" \t\n\r", s.src[s.at]) >= 0 {
		s.at++
	}
}

func (s *scan) token(c byte) bool {
	s.space()
	if s.at < len(s.src) && s.src[s.at] == c {
		s.at++
		return true
	}
	return false
}

// text reads a string.
func (s *scan) text() (string, bool) {
	if !s.token('"') {
		return "", false
	}
	ascii := byte(0)
	for i := s.at; i < len(s.src); i++ {
		switch c := s.src[i]; {
		case c == '"':
			text := s.src[s.at:i]
			s.at = i + 1
			return text, ascii < utf8.RuneSelf || utf8.ValidString(text)
		case c == '\\':
			return s.unescape(i)
		case c < ' ':
			return "", false
		default:
			ascii |= c
		}
	}
	return "", false
}

// unescape continues at the first backslash.
func (s *scan) unescape(i int) (string, bool) {
	out := append(make([]byte, 0, len(s.src)-s.at), s.src[s.at:i]...)
	for i < len(s.src) {
		c := s.src[i]
		switch {
		case c == '"':
			s.at = i + 1
			return string(out), utf8.Valid(out)
		case c < ' ' || c == '\\' && i+1 == len(s.src):
			return "", false
		case c != '\\':
			out = append(out, c)
			i++
			continue
		}
		const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		if k := strings.IndexByte(plain, s.src[i+1]); k >= 0 {
			out = append(out, meant[k])
			i += 2
			continue
		}
		r, size := escaped(s.src[i:])
		if size == 0 {
			return "", false
		}
		out = utf8.AppendRune(out, r)
		i += size
	}
	return "", false
}

// escaped reads \u and four digits, once or as a surrogate pair. The size 0 means an
// error.
func escaped(s string) (r rune, size int) {
	one := func(s string) rune {
		if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
			return -1
		}
		n, err := strconv.ParseUint(s[2:6], 16, 16)
		if err != nil {
			return -1
		}
		return rune(n)
	}
	switch r := one(s); {
	case r < 0:
		return 0, 0
	case !utf16.IsSurrogate(r):
		return r, 6
	}
	if r := utf16.DecodeRune(one(s), one(s[6:])); r != utf8.RuneError {
		return r, 12
	}
	return 0, 0
}

// encodeByHand checks an Added event and appends it to b.
func encodeByHand(b []byte, e todo.ListAdded) ([]byte, error) {
	if n := len(e.Text); n == 0 || n > 280 && utf8.RuneCountInString(e.Text) > 280 || !utf8.ValidString(e.Text) {
		return nil, errByHand
	}
	b = append(b, `{"id":"`...)
	b = e.ID.Append(b)
	b = append(b, `","text":"`...)
	from := 0
	for i := range len(e.Text) {
		c := e.Text[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, e.Text[from:i]...)
		from = i + 1
		const hex = "0123456789abcdef"
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	b = append(b, e.Text[from:]...)
	return append(b, '"', '}'), nil
}
