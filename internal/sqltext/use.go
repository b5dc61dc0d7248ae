package sqltext

import "strings"

// beforeValues are words behind which a value may stand. A name behind another word is
// a new one: count(*) AS bids, or price amount.
var beforeValues = strings.Fields(`SELECT DISTINCT ALL WHERE AND OR NOT ON BY HAVING WHEN THEN ELSE CASE IN IS LIKE GLOB ILIKE BETWEEN LIMIT OFFSET
	ESCAPE FROM QUALIFY REGEXP MATCH`)

// keywords are words that are no fields unless they stand in quotes or behind a dot.
var keywords = strings.Fields(`SELECT FROM WHERE GROUP ORDER LIMIT OFFSET CASE END WHEN THEN ELSE AND OR NOT NULL TRUE FALSE EXISTS CAST IN IS AS ON BY
	WITH VALUES DISTINCT ALL UNION EXCEPT INTERSECT USING HAVING JOIN OVER PARTITION ROWS RANGE FILTER INTERVAL`)

// isField reports whether a name may be that of a field where it stands. It is none in
// f(x), DATE '2020-01-01', x::date and extract(year FROM x).
func (s *Statement) isField(i int) bool {
	t, before, next := s.Tokens[i], s.at(i-1), s.at(i+1)
	if !t.IsName() || next.Is("(") || next.Kind == Text || before.Is("::") || before.Is("(") && next.Is("FROM") {
		return false
	}
	return t.Kind == Name || before.Is(".") || !t.Is(keywords...)
}

// Uses returns the first place at which the statement reads a field with one of the
// names. It returns false for a name that the statement itself may give to something.
func (s *Statement) Uses(names ...string) (Token, bool) {
	var first *Token
	for i, t := range s.Tokens {
		if !has(names, t.Value) || !s.isField(i) {
			continue
		}
		if s.gives(i) {
			return Token{}, false
		}
		if first == nil {
			first = &s.Tokens[i]
		}
	}
	if first == nil {
		return Token{}, false
	}
	return *first, true
}

func has(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// gives reports whether a name may be a new one where it stands.
func (s *Statement) gives(i int) bool {
	before := s.at(i - 1)
	switch {
	case before.Is(".", ",", "(", "[", "{"):
	case before.Kind == Mark:
		return before.Is(")", "]", "}")
	case before.Kind != Word || !before.Is(beforeValues...):
		return i > 0
	}
	if s.at(i+1).Is(":") || s.dialect == DuckDB && s.at(i+1).Is("->") {
		return true
	}
	open := s.opener[i]
	return open > 0 && s.at(open).Is("(") && s.at(open-1).IsName() && s.isDefined(open-1)
}

// Mentions reports whether a name stands anywhere in the statement.
func (s *Statement) Mentions(name string) bool {
	for _, t := range s.Tokens {
		if t.IsName() && strings.EqualFold(t.Value, name) {
			return true
		}
	}
	return false
}

// Bare returns the first of the words that stands for a value: it is no field of
// something, and no name of a result.
func (s *Statement) Bare(words ...string) (Token, bool) {
	for i, t := range s.Tokens {
		if t.Is(words...) && !s.at(i-1).Is(".", "AS") && !s.at(i+1).Is("(", ".") {
			return t, true
		}
	}
	return Token{}, false
}
