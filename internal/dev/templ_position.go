package dev

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/a-h/templ/generator"
	"github.com/a-h/templ/parser/v2"
)

// inTempl moves problems of generated code to the templ files that it is made of.
func (s *supervisor) inTempl(problems []Problem) []Problem {
	for i, p := range problems {
		name, isTempl := strings.CutSuffix(p.File, "_templ.go")
		if !isTempl {
			continue
		}
		if line, col, ok := templPosition(filepath.Join(s.Root, filepath.FromSlash(name)), p.Line, p.Col); ok {
			problems[i].File, problems[i].Line, problems[i].Col = name+".templ", line, col
		}
	}
	return problems
}

// templPosition returns where in a templ file the code at a place of its Go file
// comes from. Lines and columns begin with 1. name is without its ending. The map
// of the generator is about code before gofmt, which moves it, so lines are found
// by their text without spaces.
func templPosition(name string, line, col int) (toLine, toCol int, ok bool) {
	code, err := os.ReadFile(name + "_templ.go")
	if err != nil {
		return 0, 0, false
	}
	file, err := parser.Parse(name + ".templ")
	if err != nil {
		return 0, 0, false
	}
	var b bytes.Buffer
	out, err := generator.Generate(file, &b)
	if err != nil {
		return 0, 0, false
	}
	formatted, raw := strings.Split(string(code), "\n"), strings.Split(b.String(), "\n")
	if line < 1 || line > len(formatted) {
		return 0, 0, false
	}
	text := formatted[line-1]
	at := nth(raw, dense(text), count(formatted[:line], dense(text)))
	if at < 0 {
		return 0, 0, false
	}
	before := len(dense(text[:min(max(0, col-1), len(text))]))
	pos, ok := nearest(out.SourceMap.TargetLinesToSource[uint32(at)], columnAfter(raw[at], before))
	return int(pos.Line) + 1, int(pos.Col) + 1, ok
}

// nearest returns the position of the last mapped column up to col, or else of the
// first one.
func nearest(columns map[uint32]parser.Position, col int) (found parser.Position, ok bool) {
	best := -1
	for c, pos := range columns {
		n := int(c)
		isBetter := best < 0 || n <= col && (n > best || best > col) || n > col && best > col && n < best
		if isBetter {
			best, found, ok = n, pos, true
		}
	}
	return found, ok
}

// dense returns a line without spaces.
func dense(line string) string { return strings.Join(strings.Fields(line), "") }

// columnAfter returns the column of the first byte of a line, no space, that has n
// others before it. The first column is 0.
func columnAfter(line string, n int) int {
	for i, c := range line {
		if !unicode.IsSpace(c) && len(dense(line[:i])) >= n {
			return i
		}
	}
	return len(line)
}

// count returns how many lines have a text without spaces.
func count(lines []string, text string) (n int) {
	for _, l := range lines {
		if dense(l) == text {
			n++
		}
	}
	return n
}

// nth returns the index of the nth line with a text without spaces, counted from 1, or
// -1.
func nth(lines []string, text string, n int) int {
	for i, l := range lines {
		if dense(l) == text {
			if n--; n == 0 {
				return i
			}
		}
	}
	return -1
}
