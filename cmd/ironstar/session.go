package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/plan"
)

// session holds what every command needs: where it runs and how it prints.
type session struct {
	stdout, stderr io.Writer
	dir            string // working folder, absolute
	format         string // text, json or github
	verbose        bool
}

// trouble is an error of this command itself, with a code and a hint.
type trouble struct {
	code    string
	file    string // from the working folder; may be empty
	line    int    // in file; 0 is the file as a whole
	col     int
	message string
	hint    string
	detail  []byte // a diff
	exit    int    // exitTrouble unless set
}

func (t *trouble) Error() string { return t.message }

// errRefused is the error of a command that has already printed everything. It only
// sets the exit code.
var errRefused = errors.New("refused")

// say prints one line for people to standard error, except with formats for
// machines.
func (s *session) say(format string, args ...any) {
	if s.format == "text" {
		fmt.Fprintf(s.stderr, format+"\n", args...)
	}
}

// detail is say for -v.
func (s *session) detail(format string, args ...any) {
	if s.verbose {
		s.say(format, args...)
	}
}

// fail reports an error and returns its exit code.
func (s *session) fail(err error) int {
	var schema *schemaErrors
	var t *trouble
	var conflicts *fileConflicts
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRefused):
		return exitNo
	case errors.Is(err, context.Canceled):
		s.problem("error", &trouble{code: codeInterrupted, message: "interrupted: nothing was written"})
		return exitInterrupted
	case errors.As(err, &schema):
		s.report("error", schema.errs, schema.project)
		return exitNo
	case errors.As(err, &conflicts):
		for _, t := range conflicts.troubles {
			s.problem("error", t)
		}
		return exitNo
	case errors.As(err, &t):
	default:
		t = &trouble{code: codeFiles, message: err.Error()}
	}
	s.problem("error", t)
	if t.exit != 0 {
		return t.exit
	}
	return exitTrouble
}

// problem reports one trouble in the chosen format.
func (s *session) problem(level string, t *trouble) {
	e := &cueload.Error{Code: t.code, Pos: model.Pos{File: t.file, Line: t.line, Col: t.col}, Message: t.message, Hint: t.hint, Width: 1}
	s.write(level, cueload.Errors{e}, "")
	if len(t.detail) > 0 && s.format == "text" {
		_, _ = s.stderr.Write(paint(s.stderr, t.detail, paintDiff))
	}
}

// report prints the errors of cueload. Positions are relative to the working
// folder, so that terminals can open them.
func (s *session) report(level string, errs cueload.Errors, p *project) {
	moved := make(cueload.Errors, len(errs))
	for i, e := range errs {
		m := *e
		m.Pos = s.movePos(p, e.Pos)
		m.Also = make([]model.Pos, len(e.Also))
		for j, a := range e.Also {
			m.Also[j] = s.movePos(p, a)
		}
		moved[i] = &m
	}
	s.write(level, moved, "")
}

// movePos converts a place in the schema's folder: its path becomes relative to the
// working folder or, for GitHub, to the repository's root.
func (s *session) movePos(p *project, at model.Pos) model.Pos {
	switch {
	case at.File == "":
	case s.format == "github":
		at.File = path.Join(repositoryPath(p.schema), at.File)
	default:
		at.File = s.rel(filepath.Join(p.schema, filepath.FromSlash(at.File)))
	}
	return at
}

func (s *session) write(level string, errs cueload.Errors, prefix string) {
	if len(errs) == 0 {
		return
	}
	var b bytes.Buffer
	switch s.format {
	case "json":
		_ = errs.WriteJSON(&b, level) // writing to a buffer does not fail
	case "github":
		_ = errs.WriteGitHub(&b, level, prefix)
	default:
		_ = errs.WriteText(&b, s.verbose)
		text := b.Bytes()
		if level == "warning" {
			text = append([]byte("warning: "), text...)
		}
		b = *bytes.NewBuffer(paint(s.stderr, text, paintText))
	}
	_, _ = s.stderr.Write(b.Bytes())
}

// rel returns the path relative to the working folder, with slashes.
func (s *session) rel(p string) string {
	r, err := filepath.Rel(s.dir, p)
	if err != nil {
		return filepath.ToSlash(p)
	}
	return filepath.ToSlash(r)
}

// repositoryPath returns the path of dir inside its git repository, which
// GitHub needs. It returns "" if there is no repository or dir is its root. If dir
// is a link, git knows only the folder that it leads to.
func repositoryPath(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Lstat(filepath.Join(up, ".git")); err == nil {
			r, err := filepath.Rel(up, dir)
			if err != nil || r == "." {
				return ""
			}
			return filepath.ToSlash(r)
		}
		if up == filepath.Dir(up) {
			return ""
		}
	}
}

// watch prints after a second that something is still running, and again every
// five seconds, until the returned function is called.
func (s *session) watch(what string) (stop func()) {
	begin := time.Now()
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		timer := time.NewTimer(time.Second)
		defer timer.Stop()
		for {
			select {
			case <-quit:
				return
			case <-timer.C:
				s.say("%s … %ds", what, int(time.Since(begin).Seconds()))
				timer.Reset(5 * time.Second)
			}
		}
	}()
	return func() { close(quit); <-gone }
}

// schemaErrors are the errors of a project's schema.
type schemaErrors struct {
	errs    cueload.Errors
	project *project
}

func (e *schemaErrors) Error() string { return e.errs.Error() }

// fileConflicts are the files on disk that prevent a run.
type fileConflicts struct{ troubles []*trouble }

func (c *fileConflicts) Error() string { return plural(len(c.troubles), "file") + " in the way" }

// diskError adds advice to errors of package plan.
func (s *session) diskError(err error, p *project) error {
	var conflicts plan.Conflicts
	var broken *plan.ManifestError
	switch {
	case errors.As(err, &broken):
		return &trouble{code: codeManifest, file: s.rel(filepath.Join(p.module, broken.Path)), message: broken.Err.Error(),
			hint: "restore it from version control, or run ironstar generate --force to write a new one"}
	case errors.As(err, &conflicts):
		out := &fileConflicts{}
		for _, c := range conflicts {
			t := &trouble{code: codeInTheWay, file: s.rel(filepath.Join(p.module, c.Path)), message: c.Reason, detail: c.Diff}
			if c.Forced {
				t.code = codeEdited
				t.hint = "do not edit or merge generated files: move the change to the schema or to hand-written code, then run ironstar generate --force"
			}
			out.troubles = append(out.troubles, t)
		}
		return out
	}
	return err
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, strings.TrimSuffix(noun, "s"))
}
