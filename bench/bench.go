package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// bench is one run of this command: its folders and its results.
type bench struct {
	opts options
	repo string // folder of the module ironstar.dev
	dir  string // folder for all files; removed at the end
	rows []row

	group     string     // the group that is being measured
	latencies []*latency // in the order of their first observation
	notes     []string   // settings, for readers of the figures
}

// newBench makes a folder to work in. The caller closes it.
func newBench(ctx context.Context, o options) (*bench, error) {
	repo, err := output(exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "ironstar.dev"))
	if err != nil {
		return nil, fmt.Errorf("find the module ironstar.dev: %w", err)
	}
	dir, err := os.MkdirTemp(o.dir, "ironstar-bench-")
	if err != nil {
		return nil, err
	}
	return &bench{opts: o, repo: strings.TrimSpace(string(repo)), dir: dir}, nil
}

func (b *bench) close() {
	if err := os.RemoveAll(b.dir); err != nil {
		b.progress("%v", err)
	}
}

// progress prints progress to standard error.
func (b *bench) progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
}

// setting records a condition of the figures.
func (b *bench) setting(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// size returns how much work a run does.
func (b *bench) size(full, quick int) int {
	if b.opts.quick {
		return quick
	}
	return full
}

// folder makes an empty folder.
func (b *bench) folder(name string) (string, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.MkdirAll(dir, 0o755)
}

// binary builds a command of this repository as make build does.
func (b *bench) binary(ctx context.Context, pkg string) (string, error) {
	b.progress("  building %s", pkg)
	bin := filepath.Join(b.dir, "bin", filepath.Base(pkg))
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", bin, pkg)
	cmd.Dir = b.repo
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	_, err := output(cmd)
	return bin, err
}

// output runs a command and adds its error output to the error.
func output(cmd *exec.Cmd) ([]byte, error) {
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, complaint.String())
	}
	return out, nil
}

// writeFiles puts files below a folder.
func writeFiles(dir string, files map[string]string) error {
	for name, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
