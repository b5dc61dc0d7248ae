package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"ironstar.dev/internal/compat"
	"ironstar.dev/internal/cueload"
	"ironstar.dev/internal/model"
)

// diffCmd is `ironstar diff`.
type diffCmd struct {
	Rev string `arg:"" help:"A revision that git knows: main, HEAD~3, v1.2.0."`
	Dir string `arg:"" optional:"" help:"The schema's folder, or the folder that contains it. By default, ironstar searches from the working folder upwards."`
}

// Help is shown by ironstar diff --help.
func (diffCmd) Help() string {
	return `Reads the schema of another revision from git, and treats it as released. Then it prints what ironstar check would
print about the current schema. Exemptions apply. It checks nothing out and writes no files.

Examples:

    ironstar diff main           how this branch changes the reading of stored events
    ironstar diff v1.2.0         what has changed since v1.2.0`
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
	e.lock = compat.LockOf(was)
	all := compat.Exempt(compat.Compare(e.lock, loaded, compat.Options{}), e.exemptions)
	var new []compat.Finding
	for _, f := range all {
		if f.Rule != "exemption-unused" { // only the lock shows whether an exemption is used
			if f.Pos.File == compat.LockName { // the revision has no such line
				f.Pos = model.Pos{}
			}
			new = append(new, f)
		}
	}
	if e.printFindings(new) > 0 {
		return errRefused
	}
	if len(new) == 0 {
		s.say("the schema reads all events of %s as before", c.Rev)
	}
	return nil
}

// loadRevision reads the schema of a revision. It writes the files to a temporary
// folder first.
func (s *session) loadRevision(ctx context.Context, p *project, rev string) (*model.Schema, error) {
	files, err := s.schemaOf(ctx, p, rev)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "ironstar-diff")
	if err != nil {
		return nil, fmt.Errorf("read schema of %s: %w", rev, err)
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		if err := writeBelow(dir, name, text); err != nil {
			return nil, fmt.Errorf("read schema of %s: %w", rev, err)
		}
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
		return nil, &trouble{code: codeRevision, message: fmt.Sprintf("the schema of %s has errors, so ironstar cannot compare with it", rev), exit: exitNo}
	}
	return was, err
}

func writeBelow(dir, name string, text []byte) error {
	target := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	return os.WriteFile(target, text, 0o666)
}
