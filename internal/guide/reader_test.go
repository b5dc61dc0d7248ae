package guide_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// reader does what the document says.
type reader struct {
	dir     string // the working folder
	env     []string
	parent  string // of the project: the document says ..
	printed string // by the last commands
	hand    map[string]int
}

// follow does one step, except for make run.
func (r *reader) follow(s step) error {
	switch s.kind {
	case "run":
		return r.run(s.text)
	case "refused":
		var exit *exec.ExitError
		if err := r.run(s.text); !errors.As(err, &exit) {
			return fmt.Errorf("it was not refused: %v", err)
		}
		return nil
	case "printed":
		return contains(r.printed, s.text)
	}
	r.hand[part(s.file)] += strings.Count(s.text, "\n") - strings.Count(s.old, "\n")
	name := filepath.Join(r.dir, s.file)
	old, err := os.ReadFile(name)
	if err != nil {
		return err // every file is there before: ironstar wrote it
	}
	text, err := changed(s, string(old))
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(text), 0o666)
}

// run runs lines in a shell, which stops at the first that fails.
func (r *reader) run(lines string) error {
	lines = strings.ReplaceAll(lines, " ../", " "+r.parent+"/")
	cmd := exec.Command("sh", "-e")
	cmd.Stdin = strings.NewReader(lines + "pwd >'" + r.parent + "/pwd'\n")
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	r.printed = string(out)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, out)
	}
	pwd, err := os.ReadFile(filepath.Join(r.parent, "pwd"))
	r.dir = strings.TrimSpace(string(pwd))
	return err
}

// contains finds lines in what was printed, in this order.
func contains(printed, lines string) error {
	rest := printed
	for line := range strings.Lines(lines) {
		_, after, ok := strings.Cut(rest, strings.TrimSuffix(line, "\n"))
		if !ok {
			return fmt.Errorf("%q is not printed, or not in this order:\n%s", line, printed)
		}
		rest = after
	}
	return nil
}

// changed returns the text of a file after a step.
func changed(s step, old string) (string, error) {
	switch s.kind {
	case "whole":
		return s.text, nil
	case "replace":
		if n := strings.Count(old, s.old); n != 1 {
			return "", fmt.Errorf("%s has %d times, and must have once:\n%s\nin:\n%s", s.file, n, s.old, old)
		}
		return strings.Replace(old, s.old, s.text, 1), nil
	}
	news, err := functionsOf("package p\n" + s.text)
	if err != nil {
		return "", err
	}
	for name, text := range news {
		olds, err := functionsOf(old)
		if err != nil {
			return "", err
		}
		if olds[name] == "" {
			return "", fmt.Errorf("%s has no function %s", s.file, name)
		}
		old = strings.Replace(old, olds[name], text, 1)
	}
	return old, nil
}

// functionsOf returns the source of the functions of a file, with their comments, by name.
func functionsOf(src string) (map[string]string, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			from := f.Pos()
			if f.Doc != nil {
				from = f.Doc.Pos()
			}
			all[f.Name.Name] = src[set.Position(from).Offset:set.Position(f.End()).Offset]
		}
	}
	return all, nil
}

// part is the part of an application to which a file belongs.
func part(file string) string {
	switch {
	case strings.HasPrefix(file, "schema/"):
		return "schema"
	case strings.HasSuffix(file, "_test.go"):
		return "tests"
	case strings.HasPrefix(file, "internal/app/"):
		return "decisions and views"
	case strings.HasPrefix(file, "web/"):
		return "pages"
	}
	return "wiring"
}
