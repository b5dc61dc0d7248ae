package sqltext

import "strings"

// Call is a call of a function.
type Call struct {
	Token Token  // its name
	Name  string // in small letters
	Table bool   // it stands where a table stands
	Args  [][]Token
}

// calls finds calls of functions, and also words that merely stand in front of
// brackets, such as IN.
func (s *Statement) calls() {
	for i, t := range s.Tokens {
		if !t.IsName() || !s.at(i+1).Is("(") || s.isDefined(i) {
			continue
		}
		s.Calls = append(s.Calls, Call{t, strings.ToLower(t.Value), s.tableCalls[i], s.args(i + 1)})
	}
}

// isDefined reports whether the name in front of brackets is a new one, whose columns are
// in them: WITH name (a, b), AS name (a, b), FROM t name (a, b).
func (s *Statement) isDefined(i int) bool {
	return s.named[strings.ToLower(s.Tokens[i].Value)] && s.at(i-1).Is("WITH", "RECURSIVE", ",") ||
		s.at(i-1).Is("AS", ")") || s.tableEnds[i-1] && !s.Tokens[i].Is(keywords...)
}

// args returns the arguments in brackets.
func (s *Statement) args(open int) (all [][]Token) {
	end := s.partner[open]
	if end < 0 {
		end = len(s.Tokens)
	}
	start := open + 1
	for i := start; i < end; i++ {
		if s.opener[i] == open && s.Tokens[i].Is(",") {
			all, start = append(all, s.Tokens[start:i]), i+1
		}
	}
	if start < end {
		all = append(all, s.Tokens[start:end])
	}
	return all
}
