package sqltext

import "strings"

// Dialect is what an engine takes for a token.
type Dialect int

// The dialects.
const (
	SQLite Dialect = iota
	DuckDB
)

// Kind is the kind of a token.
type Kind int

// The kinds of tokens. Comments and white space are none.
const (
	Word    Kind = iota // SELECT, lot_bid_placed
	Name                // "a name in quotes", of which Value has none
	Text                // 'a text', of which Value has no quotes
	Number              // 12, 0x1F, 1.5e-3
	Param               // $span, of which Value has no $
	Foreign             // a parameter that is written in another way: ?, ?1, $1, :span, @span
	Mark                // any other character, and :: and ->
)

// Token is a part of a text.
type Token struct {
	Kind   Kind
	Text   string // as it is written
	Value  string
	Offset int // in bytes
}

// Is reports whether a token is one of the words, which are in capitals, or the mark.
func (t Token) Is(words ...string) bool {
	if t.Kind != Word && t.Kind != Mark {
		return false
	}
	for _, w := range words {
		if strings.EqualFold(t.Text, w) {
			return true
		}
	}
	return false
}

// IsName reports whether a token can be a name.
func (t Token) IsName() bool { return t.Kind == Word || t.Kind == Name }

// Error says why a text cannot be read.
type Error struct {
	Offset  int // in bytes
	Message string
}

// Error returns the message.
func (e *Error) Error() string { return e.Message }

// Tokens returns the tokens of a text.
func Tokens(sql string, d Dialect) ([]Token, *Error) {
	l := &lexer{sql: sql, dialect: d}
	var all []Token
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.at == len(sql) {
			return all, nil
		}
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
}

// Place returns the line and the column of an offset, from 1 on, the column in bytes.
func Place(sql string, offset int) (line, col int) {
	before := sql[:min(max(offset, 0), len(sql))]
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}
