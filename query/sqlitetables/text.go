package sqlitetables

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// token is a piece of SQL: a comment, a text, a quoted name, a word or number, a
// parameter, or one character.
var token = regexp.MustCompile(`--[^\n]*|(?s:/\*.*?(?:\*/|$))|'(?:[^']|'')*'|"(?:[^"]|"")*"|` + "`(?:[^`]|``)*`" + `|\[[^\]]*\]|[$@:#?]?[\pL\pN_$]+|\s+|(?s:.)`)

// tokensOf returns the tokens that mean something.
func tokensOf(sql string) (tokens []string) {
	for _, t := range token.FindAllString(sql, -1) {
		if !strings.HasPrefix(t, "--") && !strings.HasPrefix(t, "/*") && strings.TrimSpace(t) != "" {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// trimmed returns SQL without what follows its last token, and without a semicolon at the
// end: SQLite takes that for another statement.
func trimmed(sql string) string {
	end := len(sql)
	at := token.FindAllStringIndex(sql, -1)
	for i := len(at) - 1; i >= 0; i-- {
		text := sql[at[i][0]:at[i][1]]
		if !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") && strings.TrimSpace(text) != "" && text != ";" {
			break
		}
		end = at[i][0]
	}
	return sql[:end]
}

// clockTexts are arguments of the functions for dates that read the clock or the time zone
// of the machine. The last two do so where they are the only one.
var clockTexts = []string{"'now'", "'localtime'", "'utc'", "'subsec'", "'subsecond'"}

// arguments are how many the functions for dates have at least; with fewer they read the
// clock.
var arguments = map[string]int{"date": 1, "time": 1, "datetime": 1, "julianday": 1, "unixepoch": 1, "strftime": 2}

// checkText refuses what the authorizer cannot see: SQL that is not a SELECT, and
// functions for dates that read the clock.
func checkText(sql string) error {
	tokens := tokensOf(sql)
	if len(tokens) == 0 {
		return fmt.Errorf("there is no SQL: write one SELECT")
	}
	if first := strings.ToLower(tokens[0]); first != "select" && first != "with" {
		return fmt.Errorf("it begins with %s: write one SELECT, or WITH … SELECT", tokens[0])
	}
	for i, t := range tokens {
		if slices.Contains(clockTexts, strings.ToLower(t)) {
			return fmt.Errorf("%s depends on the clock or the time zone of the machine: use $until or a parameter", t)
		}
		name := strings.ToLower(strings.Trim(t, "\"`[]"))
		if i+1 < len(tokens) && tokens[i+1] == "(" && countArguments(tokens[i+2:]) < arguments[name] {
			return fmt.Errorf("%s without a time reads the clock: use $until or a parameter", name)
		}
	}
	return nil
}

// countArguments counts the arguments of a call, whose tokens begin after the
// parenthesis.
func countArguments(tokens []string) int {
	depth, n := 0, 0
	for i, t := range tokens {
		switch {
		case t == ")" && depth == 0:
			if i > 0 {
				n++
			}
			return n
		case t == "(":
			depth++
		case t == ")":
			depth--
		case t == "," && depth == 0:
			n++
		}
	}
	return n
}
