package cueload

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/literal"

	"ironstar.dev/internal/model"
)

// problems collects errors, with the source text to quote from.
type problems struct {
	errs Errors
	text map[string]string // file name to content
}

// add reports a problem at a place.
func (p *problems) add(code string, at model.Pos, hint, format string, args ...any) {
	p.addAlso(code, at, nil, hint, format, args...)
}

// addAlso reports a problem in which other places take part.
func (p *problems) addAlso(code string, at model.Pos, also []model.Pos, hint, format string, args ...any) {
	p.put(&Error{Code: code, Pos: at, Also: also, Hint: hint, Message: oneLine(fmt.Sprintf(format, args...))})
}

// put sets the source line and the width of the marked text of e, and adds it.
func (p *problems) put(e *Error) {
	e.Line, e.Width = p.excerpt(e.Pos)
	if e.Line != "" { // the end of a file is after its last line
		e.Pos.Col = min(e.Pos.Col, len(e.Line)+1)
	}
	p.errs = append(p.errs, e)
}

// err returns the errors, or nil if there are none.
func (p *problems) err() error {
	if len(p.errs) == 0 {
		return nil
	}
	return p.errs.sorted()
}

// first is err for a round after which the check stops.
func (p *problems) first() error {
	for _, e := range p.errs {
		e.First = true
	}
	return p.err()
}

// excerpt returns the source line of a place and the length of the word there.
func (p *problems) excerpt(at model.Pos) (line string, width int) {
	text, ok := p.text[at.File]
	if !ok || at.Line < 1 {
		return "", 1
	}
	for range at.Line - 1 {
		_, rest, ok := strings.Cut(text, "\n")
		if !ok {
			return "", 1
		}
		text = rest
	}
	line, _, _ = strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	if at.Col < 1 || at.Col > len(line) {
		return line, 1
	}
	return line, wordLen(line[at.Col-1:])
}

// wordLen returns the length of the identifier, selector or string that s
// begins with, or 1.
func wordLen(s string) int {
	if s[0] == '"' {
		for i := 1; i < len(s); i++ {
			switch s[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return 1
	}
	n := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '#' && r != '$' && r != '.' && r != '@' && !isLetterOrDigit(r)
	})
	if n < 0 {
		n = len(s)
	}
	n = len(strings.TrimRight(s[:n], "."))
	if n > 0 {
		return n
	}
	_, n = utf8.DecodeRuneInString(s)
	return n
}

func isLetterOrDigit(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r >= utf8.RuneSelf
}

// oneLine puts a message on one line, whatever names it contains.
func oneLine(s string) string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "\uFFFD")), " ")
}

func unquote(s string) (string, error) { return literal.Unquote(s) }
