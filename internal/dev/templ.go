package dev

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"os"
	"path/filepath"
	"strings"

	"github.com/a-h/parse"
	"github.com/a-h/templ/parser/v2"

	"ironstar.dev/internal/templates"
)

// generateTempl brings the *_templ.go file of a templ file up to date: the same
// bytes as templ generate writes. If the templ file is gone, so is the other. It
// returns the path of the Go file if it changed it. name is the path from root.
func generateTempl(root, name string) (wrote string, problems []Problem) {
	source := filepath.Join(root, filepath.FromSlash(name))
	target := strings.TrimSuffix(name, ".templ") + "_templ.go"
	path := filepath.Join(root, filepath.FromSlash(target))
	fail := func(err error) (string, []Problem) {
		return "", []Problem{{Stage: StageTempl, File: name, Message: err.Error()}}
	}
	if _, err := os.Stat(source); errors.Is(err, os.ErrNotExist) {
		if err := os.Remove(path); errors.Is(err, os.ErrNotExist) {
			return "", nil
		} else if err != nil {
			return fail(err)
		}
		return target, nil
	}
	old, _ := os.ReadFile(path) // without it, everything is new
	code, problems := templCode(source, name, templates.ShownName(name, old))
	if problems != nil || bytes.Equal(old, code) {
		return "", problems
	}
	if err := os.WriteFile(path, code, 0o644); err != nil {
		return fail(err)
	}
	return target, nil
}

// templCode generates the code of one file. shown is its name in errors at run
// time.
func templCode(source, name, shown string) ([]byte, []Problem) {
	at := func(line, col int, err error) []Problem {
		return []Problem{{Stage: StageTempl, File: name, Line: line, Col: col, Message: err.Error()}}
	}
	file, err := parser.Parse(source)
	var wrong parse.ParseError
	switch {
	case errors.As(err, &wrong): // its positions begin with 0
		return nil, at(wrong.Pos.Line+1, wrong.Pos.Col+1, errors.New(wrong.Msg))
	case err != nil:
		return nil, at(0, 0, err)
	}
	code, positions, err := templates.Code(file, shown)
	if err == nil {
		return code, nil
	}
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		return nil, at(0, 0, err)
	}
	var problems []Problem
	for _, e := range list {
		p := Problem{Stage: StageTempl, File: name, Message: e.Msg}
		// The source map counts from 0, and without the line of the package.
		if pos, ok := positions.SourcePositionFromTarget(uint32(e.Pos.Line-1), uint32(e.Pos.Column)); ok {
			p.Line, p.Col = int(pos.Line)+1, int(pos.Col)
		} else {
			p.Message = fmt.Sprintf("the Go code in it is not complete: %s", e.Msg)
		}
		problems = append(problems, p)
	}
	return nil, problems
}
