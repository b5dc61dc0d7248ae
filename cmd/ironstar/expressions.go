package main

import (
	"path/filepath"

	"ironstar.dev/internal/templates"
)

// expressions reports what is wrong with the expressions in the templates of a module,
// and returns how many errors there are.
func (s *session) expressions(p *project) (failed int, err error) {
	findings, err := templates.Check(p.module)
	if err != nil {
		return 0, &trouble{code: codeFiles, message: "the templates cannot be read: " + err.Error()}
	}
	for _, f := range findings {
		code, level := codeExpression, "error"
		switch f.Kind {
		case templates.Broken:
			code = codeTemplate
		case templates.Stale:
			code = codeStaleTemplate
		case templates.Unseen:
			level = "warning"
		}
		if level == "error" {
			failed++
		}
		s.problem(level, &trouble{code: code, file: s.rel(filepath.Join(p.module, filepath.FromSlash(f.File))), line: f.Line, col: f.Col, message: f.Message, hint: f.Hint})
	}
	return failed, nil
}
