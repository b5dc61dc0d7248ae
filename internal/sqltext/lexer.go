package sqltext

import "strings"

type lexer struct {
	sql     string
	at      int
	dialect Dialect
}

// peek returns the byte some bytes further on, or 0.
func (l *lexer) peek(ahead int) byte {
	if l.at+ahead >= len(l.sql) {
		return 0
	}
	return l.sql[l.at+ahead]
}

// space skips white space and comments.
func (l *lexer) space() *Error {
	for l.at < len(l.sql) {
		switch c := l.peek(0); {
		case strings.IndexByte(" \t\r\n\f\v", c) >= 0:
			l.at++
		case c == '-' && l.peek(1) == '-':
			if end := strings.IndexByte(l.sql[l.at:], '\n'); end >= 0 {
				l.at += end
			} else {
				l.at = len(l.sql)
			}
		case c == '/' && l.peek(1) == '*':
			if err := l.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// comment skips a comment in /* */. DuckDB has comments within comments, SQLite has not.
func (l *lexer) comment() *Error {
	start, depth := l.at, 0
	for l.at < len(l.sql) {
		switch {
		case l.peek(0) == '/' && l.peek(1) == '*' && (depth == 0 || l.dialect == DuckDB):
			depth++
			l.at += 2
		case l.peek(0) == '*' && l.peek(1) == '/':
			depth--
			l.at += 2
			if depth == 0 {
				return nil
			}
		default:
			l.at++
		}
	}
	return &Error{start, "the comment does not end: it ends with */"}
}

func (l *lexer) next() (Token, *Error) {
	start := l.at
	token := func(k Kind) Token {
		return Token{k, l.sql[start:l.at], l.sql[start:l.at], start}
	}
	switch c := l.peek(0); {
	case l.dialect == DuckDB && (c == 'e' || c == 'E') && l.peek(1) == '\'':
		l.at++
		return l.quoted(start, '\'', true, Text)
	case isLetter(c):
		l.word()
		return token(Word), nil
	case isDigit(c) || c == '.' && isDigit(l.peek(1)):
		l.number()
		return token(Number), nil
	case c == '\'':
		return l.quoted(start, c, false, Text)
	case c == '"' || c == '`' && l.dialect == SQLite:
		return l.quoted(start, c, false, Name)
	case c == '[' && l.dialect == SQLite:
		return l.bracketed()
	case c == '$':
		return l.dollar()
	case c == '?' || l.dialect == SQLite && (c == '@' || c == ':') && isWord(l.peek(1)):
		l.at++
		l.word()
		return token(Foreign), nil
	case c == ':' && l.peek(1) == ':', c == '-' && l.peek(1) == '>':
		l.at += 2
	default:
		l.at++
	}
	return token(Mark), nil
}

func (l *lexer) word() {
	for isWord(l.peek(0)) {
		l.at++
	}
}

func (l *lexer) number() {
	hex := l.peek(0) == '0' && (l.peek(1) == 'x' || l.peek(1) == 'X')
	for {
		c := l.peek(0)
		exponent := !hex && (c == 'e' || c == 'E') && (l.peek(1) == '+' || l.peek(1) == '-') && isDigit(l.peek(2))
		switch {
		case exponent:
			l.at += 2
		case c == '.' || c != '$' && isWord(c):
			l.at++
		default:
			return
		}
	}
}

// quoted reads what ends with a quote. Two quotes are one in it.
func (l *lexer) quoted(start int, quote byte, escapes bool, k Kind) (Token, *Error) {
	var value strings.Builder
	for l.at++; l.at < len(l.sql); l.at++ {
		c := l.peek(0)
		switch {
		case escapes && c == '\\' && l.at+1 < len(l.sql):
			value.WriteByte(c)
			l.at++
			value.WriteByte(l.peek(0))
		case c != quote:
			value.WriteByte(c)
		case l.peek(1) == quote:
			value.WriteByte(c)
			l.at++
		default:
			l.at++
			return Token{k, l.sql[start:l.at], value.String(), start}, nil
		}
	}
	return Token{}, &Error{start, "the text in quotes does not end: it ends with " + string(quote)}
}

// bracketed reads a name in brackets, as SQLite has it.
func (l *lexer) bracketed() (Token, *Error) {
	start := l.at
	end := strings.IndexByte(l.sql[start:], ']')
	if end < 0 {
		return Token{}, &Error{start, "the name in brackets does not end: it ends with ]"}
	}
	l.at += end + 1
	return Token{Name, l.sql[start:l.at], l.sql[start+1 : l.at-1], start}, nil
}

// dollar reads a parameter.
func (l *lexer) dollar() (Token, *Error) {
	start := l.at
	l.at++
	l.word()
	text := l.sql[start:l.at]
	switch name := text[1:]; {
	case strings.Contains(name, "$"), name == "":
		return Token{}, &Error{start, "a text in dollar signs is not possible: texts stand in quotes, 'like this', and a parameter is a $ and a name"}
	case isDigit(name[0]):
		return Token{Foreign, text, text, start}, nil
	default:
		return Token{Param, text, name, start}, nil
	}
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isLetter(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}
func isWord(c byte) bool { return isLetter(c) || isDigit(c) || c == '$' }
