package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// diffCmd is `ironstar diff`.
type diffCmd struct {
	Rev string `arg:"" help:"A revision that git knows: main, HEAD~3, v1.2.0."`
	Dir string `arg:"" optional:"" help:"The schema's folder, or the one above it. Without it: looked for from the working folder upwards."`
}

// Help is shown by ironstar diff --help.
func (diffCmd) Help() string {
	return `Reads the schema as it was in another revision, takes it for released, and says what ironstar check would say about
the schema as it is. Exemptions hold. Nothing is checked out and nothing written.

Examples:

    ironstar diff main           what this branch does to stored events
    ironstar diff v1.2.0         what has happened since`
}

// Run compares.
func (c *diffCmd) Run(ctx context.Context, s *session) error {
	p, err := s.open(c.Dir)
	if err != nil {
		return err
	}
	loaded, err := s.load(p)
	if err != nil {
		return err
	}
	was, err := s.loadRevision(ctx, p, c.Rev)
	if err != nil {
		return err
	}
	e, err := s.evolution(p, loaded)
	if err != nil {
		return err
	}
	e.lock = compat.Of(was)
	all := compat.Exempt(compat.Compare(e.lock, loaded, compat.Options{}), e.exemptions)
	var new []compat.Finding
	for _, f := range all {
		if f.Rule != "exemption-unused" { // the lock knows, not this revision
			if f.Pos.File == compat.LockName { // there is no such line
				f.Pos = model.Pos{}
			}
			new = append(new, f)
		}
	}
	if e.tell(new) > 0 {
		return errRefused
	}
	if len(new) == 0 {
		s.say("nothing that was there at %s is read otherwise now", c.Rev)
	}
	return nil
}

// loadRevision reads the schema of a revision, by way of a temporary folder.
func (s *session) loadRevision(ctx context.Context, p *project, rev string) (*model.Schema, error) {
	files, err := s.archive(ctx, p, rev)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ironstar-diff")
	if err != nil {
		return nil, fmt.Errorf("read schema of %s: %w", rev, err)
	}
	defer os.RemoveAll(dir)
	if err := unpack(files, dir); err != nil {
		return nil, fmt.Errorf("read schema of %s: %w", rev, err)
	}
	was, err := cueload.Load(dir)
	var errs cueload.Errors
	if errors.As(err, &errs) {
		for _, e := range errs {
			if e.Pos.File != "" {
				e.Pos.File = rev + ":" + path.Join(repositoryPath(p.schema), e.Pos.File)
			}
		}
		s.write("error", errs, "")
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("the schema of %s has errors: there is nothing to compare with", rev), exit: exitNo}
	}
	return was, err
}

// archive asks git for the schema's folder in a revision, as a tar archive.
func (s *session) archive(ctx context.Context, p *project, rev string) ([]byte, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return nil, &trouble{code: codeRevision, message: "git is not here: other revisions cannot be read", hint: "install git, or put it on the PATH"}
	}
	if _, said, err := git(ctx, p.schema, "rev-parse", "--is-inside-work-tree"); err != nil {
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("%s is in no git repository: %s", s.rel(p.schema), said)}
	}
	if strings.HasPrefix(rev, "-") {
		return nil, &trouble{code: codeUsage, message: fmt.Sprintf("%q is not a revision", rev)}
	}
	if _, _, err := git(ctx, p.schema, "rev-parse", "--verify", "--quiet", rev+"^{commit}"); err != nil {
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("git knows no revision %s", rev), hint: "git log --oneline lists some; git fetch brings those of others"}
	}
	files, said, err := git(ctx, p.schema, "archive", "--format=tar", rev) // in a subfolder: that folder
	if err != nil {
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("%s has no folder %s: %s", rev, path.Join(repositoryPath(p.schema), "."), said), exit: exitNo,
			hint: "the schema was somewhere else then, or not there yet"}
	}
	return files, nil
}

// git runs it in a folder; said is the last line of what it complains.
func git(ctx context.Context, dir string, args ...string) (out []byte, said string, err error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	return stdout.Bytes(), lines[len(lines)-1], err
}

// unpack writes the CUE of an archive into a folder.
func unpack(archive []byte, dir string) error {
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(h.Name)
		if h.Typeflag != tar.TypeReg || path.Ext(h.Name) != ".cue" || !filepath.IsLocal(name) {
			continue
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		target := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(target, text, 0o666); err != nil {
			return err
		}
	}
}
