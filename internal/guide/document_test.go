package guide_test

import (
	"fmt"
	"regexp"
	"strings"
)

// step is a block of the document.
type step struct {
	line int    // of its fence, from 1
	kind string // run, refused, printed, whole, functions, replace
	file string // of whole, functions and replace
	old  string // of replace: the lines that go
	text string
}

var (
	wholeFile = regexp.MustCompile("^`(\\S+)`, the whole file:$")
	functions = regexp.MustCompile("^`(\\S+)`, the functions? .*:$")
	replaced  = regexp.MustCompile("[Ii]n `(\\S+)`, replace$")
	sameFile  = "and in the same file, replace"
)

// parse returns the blocks in their order. An error names the line of a block that a
// reader would not know what to do with.
func parse(doc string) ([]step, error) {
	var steps []step
	var open *step
	before, file, old := "", "", ""
	for i, line := range strings.Split(doc, "\n") {
		language, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &step{line: i + 1}
			if err := open.is(language, before, &file, &old); err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
		case fence:
			if open.kind == "replaced" {
				old = open.text
			} else {
				steps = append(steps, *open)
			}
			open = nil
		case open != nil:
			open.text += line + "\n"
		case line != "":
			before = line
		}
	}
	if open != nil {
		return nil, fmt.Errorf("line %d: the block is not closed", open.line)
	}
	return steps, nil
}

// is finds the kind of a block by its language and the line before it.
func (s *step) is(language, before string, file, old *string) error {
	switch language {
	case "sh":
		s.kind = "run"
		return nil
	case "sh refused":
		s.kind = "refused"
		return nil
	case "":
		s.kind = "printed"
		return nil
	}
	if m := wholeFile.FindStringSubmatch(before); m != nil {
		s.kind, *file = "whole", m[1]
	} else if m := functions.FindStringSubmatch(before); m != nil {
		s.kind, *file = "functions", m[1]
	} else if m := replaced.FindStringSubmatch(before); m != nil {
		s.kind, *file = "replaced", m[1]
	} else if before == sameFile {
		s.kind = "replaced"
	} else if before == "with" && *old != "" {
		s.kind, s.old, *old = "replace", *old, ""
	} else {
		return fmt.Errorf("%q does not say which file the block belongs to", before)
	}
	s.file = *file
	return nil
}
