package cueload

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// CUE's parser reports what it expected. The hints here tell people who know
// other languages what CUE has instead.

// syntaxHint is a hint for an error of the parser. A pattern that is nil fits
// everything.
type syntaxHint struct {
	said   *regexp.Regexp // the parser's message
	before *regexp.Regexp // the part of the line before the place
	after  *regexp.Regexp // the rest of the line
	hint   string         // $1 and so on refer to before, if it has groups, or else to after
}

var syntaxHints = []syntaxHint{
	{said: re(`not terminated`), hint: "close the text with the quote that it begins with"},
	{said: re(`alias and field with name`), hint: "something around it, or an import, has that name: give the let another one"},
	{said: re(`expected 'EOF', found '}'`), hint: "there is one } too many, or a { is missing"},
	{before: re(`^\s*p[acgek]+\s+$`), after: re(`^\w+$`), hint: "write package"},
	{said: re(`after multiline quote`), hint: `write "x", or begin the text in a line of its own`},
	{after: re(`^;`), hint: "take the semicolon away: a line needs nothing at its end, and what stands in one line has commas between"},
	{after: re(`^[“”‘’]`), hint: `write plain quotes: "`},
	{before: re(`(^|[\s,{])#\s[^"]*$`), hint: "a comment begins with //"},
	{after: re(`^/\*`), hint: "a comment begins with //, in each line"},
	{before: re(`^\s*import\s*$`), after: re(`^["(]`), hint: "imports stand at the top, behind the package clause"},
	{before: re(`^\s*package\s*$`), after: re(`^"(\w+)"`), hint: "write package $1, without quotes"},
	{before: re(`^\s*package\s+\w+$`), hint: "the name of a package has letters, digits and _ only"},
	{before: re(`^\s*(const|var|type)\s+$`), hint: "write the name and a colon: #Name: … for a type, _name: … for a constant"},
	{before: re(`\[\]$`), after: re(`^([\w#.]+)`), hint: "write [...$1] for a list"},
	{before: re(`([\w#.]+)\[$`), after: re(`^\]`), hint: "write [...$1] for a list"},
	{before: re(`\bmap\[(\w+)\]$`), after: re(`^[\w#.]+`), hint: "write {[$1]: …} for a map"},
	{said: re(`'\.\.'`), before: re(`\[\s*$`), hint: "write [...string] for a list, with three dots"},
	{before: re(`\]\?$`), hint: "write the ? behind the name: name?: [...string]"},
	{said: re(`invalid attribute: expected '\('`), before: re(`(@\w+),?\s*$`), hint: "write brackets: $1()"},
	{said: re(`found 'ATTRIBUTE'`), hint: "an attribute stands behind a value, which may be {}: Full: {} @message(\"…\")"},
	{said: re(`'\.\.'`), hint: "write a range as >=1 & <=10"},
	{said: re(`found '/'`), before: re(`~\s*$`), hint: `write a pattern as a text: =~"…"`},
	{before: re(`^\s*$`), after: re(`^(&|\|)`), hint: "write the operator at the end of the line before: without it the line is complete"},
	{before: re(`[{,:]\s*\d+$|^\s*\d+$`), after: re(`^[:\w]`), hint: "write a name that begins with a digit in quotes"},
	{before: re(`(?:^|[{,\s])(\w+-\w+)$`), after: re(`^\s*[:?!]`), hint: "a name has letters and digits; any other stands in quotes: \"$1\""},
	{before: re(`(\w+\.#?\w+)\s*$`), after: re(`^\{`), hint: "write & between a definition and what is added to it: $1 & {…}"},
	{before: re(`(#\w+)\s*$`), after: re(`^\{`), hint: "write $1: {…} to declare it, $1 & {…} to add to it"},
	{before: re(`(?:^|[{,:\s])(#?\w+)\s+$`), after: re(`^\{`), hint: "write a colon behind the name: $1: {…}"},
	{before: re(`(?:^|[{,])\s*(#?\w+[?!]?)\s+$`), after: re(`^[\w"\[]`), hint: "write a colon behind the name: $1: …"},
	{said: re(`missing ','`), before: re(`\s$`), after: re(`^\w+\s+"`), hint: "write a default as *\"…\" | string"},
	{said: re(`missing ','`), after: re(`^[\w"#_@]`), hint: "write a comma between them, or begin a line"},
}

func re(pattern string) *regexp.Regexp { return regexp.MustCompile(pattern) }

// assigned matches a = where a colon was meant. The parser takes it for an
// alias and stops at the end of that, perhaps at the end of the file.
var assigned = regexp.MustCompile(`(?m)^[ \t]*([#_]?\w+)[ \t]+=\s`)

// explainSyntax adds hints to the parser's errors in a file, from the nth on.
// If the brackets of a file are closed, an error at its end is a consequence of
// the errors before it.
func (p *problems) explainSyntax(name string, data []byte, from int) {
	said := p.errs[from:]
	balanced := unclosed(name, data) == nil
	for i, e := range said {
		if e.Pos.File != name {
			continue
		}
		if e.Hint == "" || strings.Contains(e.Message, "not terminated") {
			e.Hint = hintOf(e)
		}
		if m := assigned.FindSubmatchIndex(data); i == 0 && e.Hint == "" && m != nil && strings.Contains(e.Message, "expected label or ':'") {
			line := 1 + bytes.Count(data[:m[2]], []byte("\n"))
			e.Hint = fmt.Sprintf("in line %d write %s: …, with a colon, and no =", line, data[m[2]:m[3]])
		}
	}
	if balanced && len(said) > 1 {
		rest := slices.DeleteFunc(said[1:], func(e *Error) bool { return strings.Contains(e.Message, "'EOF'") })
		p.errs = p.errs[:from+1+len(rest)]
	}
}

// hintOf returns the first hint that fits an error, or "".
func hintOf(e *Error) string {
	col := min(max(e.Pos.Col-1, 0), len(e.Line))
	before, after := e.Line[:col], e.Line[col:]
	for _, h := range syntaxHints {
		fits := h.said == nil || h.said.MatchString(e.Message)
		text := ""
		for _, part := range []struct {
			re   *regexp.Regexp
			line string
		}{{h.before, before}, {h.after, after}} {
			if part.re == nil || !fits {
				continue
			}
			m := part.re.FindStringSubmatchIndex(part.line)
			fits = m != nil
			if fits && part.re.NumSubexp() > 0 && text == "" {
				text = string(part.re.ExpandString(nil, h.hint, part.line, m))
			}
		}
		if fits && text == "" {
			text = h.hint
		}
		if fits {
			return text
		}
	}
	return ""
}
