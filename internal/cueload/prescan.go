package cueload

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"ironstar.dev/internal/model"
)

// Limits that protect CUE, which is recursive everywhere, from a stack
// overflow. No text that people write comes near them.
const (
	maxNesting = 60     // brackets inside brackets
	maxChain   = 20_000 // tokens of one declaration and those around it
	maxDigits  = 400    // digits of one number
)

// checkText reports whether CUE's parser can be given the bytes of a file.
func (s *source) checkText(name string, data []byte) bool {
	if i := notText(data); i >= 0 {
		before := data[:i]
		line := 1 + bytes.Count(before, []byte("\n"))
		col := i - bytes.LastIndexByte(before, '\n')
		s.problems.add(codeEncoding, model.Pos{File: name, Line: line, Col: col}, "save the file as UTF-8", "this is not UTF-8")
		return false
	}
	file := token.NewFile(name, 0, len(data))
	var sc scanner.Scanner
	sc.Init(file, data, nil, 0)
	chain := []int{0} // tokens since the last comma, for each open bracket
	total := 0
	var texts []int // the depths of brackets at which interpolations begin
	for {
		at, tok, lit := sc.Scan()
		switch tok {
		case token.EOF:
			return true
		case token.INTERPOLATION:
			chain = append(chain, 0)
			texts = append(texts, len(chain))
		case token.LBRACE, token.LBRACK, token.LPAREN:
			chain = append(chain, 0)
		case token.RBRACE, token.RBRACK, token.RPAREN:
			if n := len(texts); tok == token.RPAREN && n > 0 && texts[n-1] == len(chain) {
				if strings.HasSuffix(sc.ResumeInterpolation(), "(") {
					continue
				}
				texts = texts[:n-1]
			}
			if len(chain) > 1 {
				total -= chain[len(chain)-1]
				chain = chain[:len(chain)-1]
			}
		case token.COMMA:
			total -= chain[len(chain)-1]
			chain[len(chain)-1] = 0
			continue
		case token.INT, token.FLOAT:
			if !reasonableNumber(lit) {
				s.problems.add(codeTooBig, posOf(at), "", "a number of more than %d digits", maxDigits)
				return false
			}
		}
		chain[len(chain)-1]++
		total++
		if len(chain) > maxNesting || total > maxChain {
			s.problems.add(codeTooBig, posOf(at), "give parts of it names of their own", "this is nested too deeply")
			return false
		}
	}
}

// notText returns the offset of the first byte that is not UTF-8, or is zero,
// as every other byte of ASCII text in UTF-16 is. It returns -1 if there is
// none.
func notText(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 || r == 0 {
			return i
		}
		i += n
	}
	return -1
}

func reasonableNumber(lit string) bool {
	if len(lit) > maxDigits {
		return false
	}
	if len(lit) > 1 && lit[0] == '0' && lit[1] != '.' {
		return true // hexadecimal and other notations have no exponent
	}
	_, ok := parseNumber(numberDigits(lit))
	return ok
}

// numberDigits returns a CUE number without notations that only CUE has:
// 10_000, 1.5Ki.
func numberDigits(lit string) string {
	return strings.TrimRight(strings.ReplaceAll(lit, "_", ""), "KMGTPi")
}
