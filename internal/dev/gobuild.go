package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// goBuild builds the application. An error that has a position in a file becomes a
// problem with it. It returns ctx's error if that ends first. The folder of binary is
// for temporary files too.
func goBuild(ctx context.Context, root, pkg, binary string) ([]Problem, error) {
	// Without symbols for a debugger, and without asking git, it is much faster.
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-w", "-buildvcs=false", "-o", binary, pkg)
	cmd.Dir = root
	temp, err := os.MkdirTemp(filepath.Dir(binary), "build") // a go command that is killed leaves files
	if err != nil {
		return nil, fmt.Errorf("make a folder for go build: %w", err)
	}
	defer os.RemoveAll(temp) // what stays is removed with the folder of the binary
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOTMPDIR="+temp)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.WaitDelay = time.Second // for programs that it started
	ownGroup(cmd)
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err == nil:
		return nil, nil
	case errors.As(err, &exit):
		return buildProblems(root, said.String()), nil
	}
	return []Problem{{Stage: StageBuild, Message: fmt.Sprintf("go build does not run: %v", err), Hint: "install Go, or put it into PATH"}}, nil
}

// buildError is a line of the go command: file, line, column, message.
var buildError = regexp.MustCompile(`^(?:vet: )?([^\s:][^:]*\.[a-z]+):(\d+)(?::(\d+))?: (.+)$`)

// buildProblems reads what go build printed. Lines without a position are one
// problem, if there is no other.
func buildProblems(root, said string) (problems []Problem) {
	var rest []string
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		m := buildError.FindStringSubmatch(line)
		switch {
		case m != nil:
			p := Problem{Stage: StageBuild, File: inside(root, m[1]), Message: m[4]}
			p.Line, _ = strconv.Atoi(m[2]) // digits; too many are no line
			p.Col, _ = strconv.Atoi(m[3])
			problems = append(problems, p)
		case strings.HasPrefix(line, "\t") && len(problems) > 0: // more about the last one
			problems[len(problems)-1].Message += "\n" + strings.TrimSpace(line)
		case !strings.HasPrefix(line, "# ") && strings.TrimSpace(line) != "":
			rest = append(rest, line)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	if rest == nil {
		rest = []string{"go build failed and printed nothing"}
	}
	return []Problem{{Stage: StageBuild, Message: strings.Join(rest, "\n")}}
}

// inside returns the path of a file from the project's folder, with slashes, if it
// is in there.
func inside(root, file string) string {
	if filepath.IsAbs(file) {
		if rel, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(rel) {
			file = rel
		}
	}
	return filepath.ToSlash(filepath.Clean(file))
}
