package cueload

import (
	"bytes"
	"fmt"
	"strings"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// bracket is an opening bracket.
type bracket struct {
	tok    token.Token
	at     model.Pos
	indent int
	inText bool // it encloses a value in an interpolation
}

// closers maps each opening bracket to its closing one.
var closers = map[token.Token]token.Token{token.LBRACE: token.RBRACE, token.LBRACK: token.RBRACK, token.LPAREN: token.RPAREN}

// pointToBracket finds the first error of a file that follows an unclosed
// bracket, and adds the position of the bracket. The parser notices the missing
// bracket only lines later.
func (p *problems) pointToBracket(name string, data []byte, from int) {
	open := unclosed(name, data)
	if open == nil {
		return
	}
	for _, e := range p.errs[from:] {
		if e.Pos.File == name && comparePos(e.Pos, open.at) > 0 {
			e.Also = append(e.Also, open.at)
			e.Hint = fmt.Sprintf("the %s in line %d is not closed", open.tok, open.at.Line)
			return
		}
	}
}

// unclosed returns the bracket that most likely lacks its closing one, or nil.
// It is a bracket that is followed by a closing one of another kind. If some
// brackets are open at the end of the file, it is the first whose closing one
// is in a line with another indentation.
func unclosed(name string, data []byte) *bracket {
	file := token.NewFile(name, 0, len(data))
	var sc scanner.Scanner
	sc.Init(file, data, nil, 0)
	lines := bytes.Split(data, []byte("\n"))
	var open []bracket
	var odd *bracket
	inText := false
	for {
		at, tok, _ := sc.Scan()
		where := posOf(at)
		switch tok {
		case token.EOF:
			if len(open) == 0 {
				return nil
			}
			if odd != nil {
				return odd
			}
			return &open[len(open)-1]
		case token.INTERPOLATION:
			inText = true
		case token.LBRACE, token.LBRACK, token.LPAREN:
			open = append(open, bracket{tok, where, indent(lines, where), inText})
			inText = false
		case token.RBRACE, token.RBRACK, token.RPAREN:
			if len(open) == 0 {
				return nil
			}
			last := open[len(open)-1]
			switch {
			case closers[last.tok] != tok:
				return &last
			case last.inText:
				inText = strings.HasSuffix(sc.ResumeInterpolation(), "(")
			case odd == nil && last.at.Line != where.Line && indent(lines, where) != last.indent:
				odd = &last
			}
			open = open[:len(open)-1]
		}
	}
}

// indent returns the number of bytes of white space at the beginning of a line.
func indent(lines [][]byte, at model.Pos) int {
	if at.Line < 1 || at.Line > len(lines) {
		return 0
	}
	line := lines[at.Line-1]
	return len(line) - len(bytes.TrimLeft(line, " \t"))
}
