package sqltext

import "strings"

// Statement is what a text says, as far as it can be known.
type Statement struct {
	Tokens []Token
	Verb   Token  // the word that says what it does, behind WITH: SELECT; zero if there is no token
	Second *Token // the beginning of a second statement; nil: there is none
	Tables []Table
	Calls  []Call

	end        int             // in bytes: of the statement
	opener     []int           // of each token: the token that opens the innermost brackets around it, or -1
	partner    []int           // of each bracket: the other one of the pair, or -1
	tableCalls map[int]bool    // the names of functions where a table stands
	tableEnds  map[int]bool    // the last tokens of tables
	named      map[string]bool // names that WITH gives, in small letters
	dialect    Dialect
}

// Read reads the text of one query.
func Read(sql string, d Dialect) (*Statement, *Error) {
	tokens, err := Tokens(sql, d)
	if err != nil {
		return nil, err
	}
	s := &Statement{Tokens: tokens, dialect: d, named: map[string]bool{}, tableCalls: map[int]bool{}, tableEnds: map[int]bool{}}
	s.cut()
	s.brackets()
	s.withNames()
	s.verb()
	s.tables()
	s.calls()
	return s, nil
}

// End returns the offset behind the last token of the statement, without a semicolon
// and comments behind it.
func (s *Statement) End() int { return s.end }

// cut removes what begins a second statement, and semicolons at the end.
func (s *Statement) cut() {
	for i, t := range s.Tokens {
		if !t.Is(";") {
			s.end = t.Offset + len(t.Text)
			continue
		}
		for k := range s.Tokens[i:] {
			if !s.Tokens[i+k].Is(";") {
				s.Second = &s.Tokens[i+k]
				break
			}
		}
		s.Tokens = s.Tokens[:i:i]
		return
	}
}

// brackets finds which brackets belong together.
func (s *Statement) brackets() {
	s.opener, s.partner = make([]int, len(s.Tokens)), make([]int, len(s.Tokens))
	inner := -1
	for i, t := range s.Tokens {
		s.partner[i] = -1
		if t.Is(")", "]", "}") && inner >= 0 {
			s.partner[i], s.partner[inner] = inner, i
			inner = s.opener[inner]
		}
		s.opener[i] = inner
		if t.Is("(", "[", "{") {
			inner = i
		}
	}
}

// at returns a token, or one that is nothing outside of the statement.
func (s *Statement) at(i int) Token {
	if i < 0 || i >= len(s.Tokens) {
		return Token{Kind: Mark}
	}
	return s.Tokens[i]
}

// before returns the index of the token in front of the brackets that the given token
// closes, or of the one in front of that token if it closes none.
func (s *Statement) before(i int) int {
	if open := s.partner[i]; open >= 0 {
		return open - 1
	}
	return i - 1
}

// withNames finds the names that WITH gives to its parts: name (columns) AS (SELECT …).
func (s *Statement) withNames() {
	for i, t := range s.Tokens {
		if !t.Is("AS") {
			continue
		}
		next := i + 1
		for s.at(next).Is("NOT", "MATERIALIZED") {
			next++
		}
		if !s.at(next).Is("(") {
			continue
		}
		name := i - 1
		if s.at(name).Is(")") {
			name = s.before(name)
		}
		if s.at(name).Is("KEY") && s.at(name-1).Is("USING") {
			if name -= 2; s.at(name).Is(")") {
				name = s.before(name)
			}
		}
		if t := s.at(name); t.IsName() {
			s.named[strings.ToLower(t.Value)] = true
		}
	}
}

// verb finds the word that says what the statement does.
func (s *Statement) verb() {
	i := 0
	for s.at(i).Is("(") {
		i++
	}
	if s.at(i).Is("WITH") {
		i = s.behindWith(i + 1)
	}
	for s.at(i).Is("(") {
		i++
	}
	if i < len(s.Tokens) {
		s.Verb = s.Tokens[i]
	}
}

// behindWith returns the index of the token behind a WITH clause whose first name is at
// the index or behind RECURSIVE.
func (s *Statement) behindWith(i int) int {
	level := s.around(i)
	for ; i < len(s.Tokens); i++ {
		if s.opener[i] != level || !s.at(i).Is(")") || s.at(i+1).Is("AS", ",", "USING") {
			continue
		}
		return i + 1
	}
	return i
}

// around returns the token that opens the innermost brackets around a token, or -1.
func (s *Statement) around(i int) int {
	if i >= len(s.opener) {
		return -1
	}
	return s.opener[i]
}
