package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
)

// Kind is the kind of a change.
type Kind int

// The kinds of change.
const (
	Create Kind = iota // generated and not on disk
	Update             // generated, and the file on disk differs
	Delete             // written by an earlier run and no longer generated
	Once               // written once and not on disk
	Forget             // no longer generated and edited by hand: it stays and becomes hand-written
	Note               // only the manifest changes: it differs from the disk
	Edit               // hand-written and changed, see Plan.Edit
)

// Change is one difference between the plan and the disk.
type Change struct {
	Kind Kind
	Path string // from the root, with slashes
	Old  []byte // Update, Edit, Delete, Forget: content on disk
	New  []byte // Create, Update, Edit, Once: new content
	mode fs.FileMode
}

func (c Change) where() string { return c.Path }

// Diff returns the change as a unified diff, or nil for Note.
func (c Change) Diff() []byte {
	switch c.Kind {
	case Note:
		return nil
	case Create, Once:
		return diff.Diff("/dev/null", nil, c.Path, c.New)
	case Delete, Forget:
		return diff.Diff(c.Path, lf(c.Old), "/dev/null", nil)
	case Edit:
		return diff.Diff(c.Path, lf(c.Old), c.Path, lf(c.New))
	}
	return diff.Diff(c.Path, lf(c.Old), c.Path+" (generated)", lf(c.New))
}

// Conflict is a file that prevents the run.
type Conflict struct {
	Path   string
	Reason string // "was edited by hand", a phrase that follows the path
	Forced bool   // Options.Force overwrites it, or, if it is no longer generated, leaves it and forgets it
	Diff   []byte // from the generated content to the content on disk; may be empty
}

// Conflicts are the reasons why nothing was written. As an error it is never
// empty.
type Conflicts []Conflict

// Error returns one line for each conflict.
func (cs Conflicts) Error() string {
	lines := make([]string, len(cs))
	for i, c := range cs {
		lines[i] = c.Path + " " + c.Reason
	}
	return strings.Join(lines, "\n")
}

// Options are the folders, and whether edited files may be overwritten.
type Options struct {
	Root   string // the module's root: the folder of go.mod
	Schema string // the schema's folder from Root, with slashes; it contains the manifest
	Force  bool   // overwrite generated files that were edited by hand
	Base   []byte // the manifest that was there before the plan was made, empty if there was none; nil means any
}

// Comparison is what Apply would do. It holds no open files.
type Comparison struct {
	Changes  []Change // sorted by path; empty if the disk is as planned
	options  Options
	plan     *Plan
	old      *manifest
	manifest string // path of the manifest
	same     bool   // the manifest is up to date
}

// Compare compares the plan with the disk. It returns Conflicts if files
// prevent the run, a *ManifestError if the manifest is invalid and Force is not
// set, and other errors if a file cannot be read. It writes nothing.
func (p *Plan) Compare(o Options) (*Comparison, error) {
	root, err := os.OpenRoot(o.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return p.compare(root, o)
}

func (p *Plan) compare(root *os.Root, o Options) (*Comparison, error) {
	c := &Comparison{options: o, plan: p, manifest: path.Join(o.Schema, ManifestName)}
	var broken *ManifestError
	var err error
	if c.old, err = readManifest(root, c.manifest); errors.As(err, &broken) && o.Force {
		c.old = &manifest{Format: manifestFormat}
	} else if err != nil {
		return nil, err
	}
	var conflicts Conflicts
	for _, look := range []func(*os.Root) (Conflicts, error){c.compareBase, c.compareGenerated, c.findMissing, c.compareEdited, c.findStale} {
		found, err := look(root)
		if err != nil {
			return nil, err
		}
		conflicts = append(conflicts, found...)
	}
	if len(conflicts) > 0 {
		slices.SortFunc(conflicts, func(a, b Conflict) int { return strings.Compare(a.Path, b.Path) })
		return nil, conflicts
	}
	c.same = broken == nil && len(c.old.Writing) == 0 && maps.Equal(c.old.Files, sums(p.generated))
	if !c.same {
		c.Changes = append(c.Changes, Change{Kind: Note, Path: c.manifest})
	}
	slices.SortFunc(c.Changes, byPath)
	return c, nil
}

// compareBase finds out whether another run has written files since the plan was
// begun: the plan knows nothing of what that run put into the schema.
func (c *Comparison) compareBase(root *os.Root) (Conflicts, error) {
	if c.options.Base == nil {
		return nil, nil
	}
	have, err := root.ReadFile(c.manifest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, explain("read", c.manifest, err)
	}
	if !bytes.Equal(have, c.options.Base) {
		return Conflicts{{Path: c.manifest, Reason: hasChanged}}, nil
	}
	return nil, nil
}

const hasChanged = "has changed while ironstar read it: run the command again"

// compareGenerated compares the generated files with the disk.
func (c *Comparison) compareGenerated(root *os.Root) (Conflicts, error) {
	var conflicts Conflicts
	for _, f := range c.plan.generated {
		have, mode, err := read(root, f.path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			c.Changes = append(c.Changes, Change{Kind: Create, Path: f.path, New: f.bytes})
			continue
		case errors.Is(err, errNotRegular):
			conflicts = append(conflicts, Conflict{Path: f.path, Reason: "is not a regular file: move it away"})
			continue
		case err != nil:
			return nil, err
		case bytes.Equal(lf(have), lf(f.bytes)):
			continue
		}
		if conflict := c.conflictOf(f, have); conflict != nil {
			conflicts = append(conflicts, *conflict)
			continue
		}
		c.Changes = append(c.Changes, Change{Kind: Update, Path: f.path, Old: have, New: f.bytes, mode: mode})
	}
	return conflicts, nil
}

// conflictOf returns why a file on disk must not be overwritten, or nil if it may
// be.
func (c *Comparison) conflictOf(f file, have []byte) *Conflict {
	ours := c.old.knows(f.path) || saysOurs(f.path, have)
	switch {
	case len(have) == 0 || c.old.proves(f.path, have) || ours && c.options.Force:
		return nil
	case !ours:
		return &Conflict{Path: f.path, Reason: "was not written by ironstar: move it away"}
	}
	reason := "was edited by hand"
	if bytes.Contains(have, []byte("\n<<<<<<< ")) && bytes.Contains(have, []byte("\n>>>>>>> ")) {
		reason = "holds the marks of a merge conflict"
	} else if !c.old.knows(f.path) {
		reason = "is not in " + c.manifest + " and may have been edited by hand"
	}
	return &Conflict{Path: f.path, Reason: reason, Forced: true,
		Diff: diff.Diff(f.path+" (generated)", lf(f.bytes), f.path, lf(have))}
}

// findMissing finds files that are written once and do not exist. Anything that
// exists stays, also a dangling link.
func (c *Comparison) findMissing(root *os.Root) (Conflicts, error) {
	for _, f := range c.plan.once {
		_, err := root.Lstat(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			c.Changes = append(c.Changes, Change{Kind: Once, Path: f.path, New: f.bytes})
		} else if err != nil {
			return nil, explain("look at", f.path, err)
		}
	}
	return nil, nil
}

// compareEdited compares the files that Edit changes with the disk.
func (c *Comparison) compareEdited(root *os.Root) (Conflicts, error) {
	var conflicts Conflicts
	for _, e := range c.plan.edited {
		have, mode, err := read(root, e.path)
		switch {
		case errors.Is(err, errNotRegular):
			conflicts = append(conflicts, Conflict{Path: e.path, Reason: "is not a regular file, so it is not changed"})
		case errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Equal(have, e.old):
			conflicts = append(conflicts, Conflict{Path: e.path, Reason: hasChanged})
		case err != nil:
			return nil, err
		case !bytes.Equal(have, e.new):
			c.Changes = append(c.Changes, Change{Kind: Edit, Path: e.path, Old: have, New: e.new, mode: mode})
		}
	}
	return conflicts, nil
}

// findStale finds files that an earlier run wrote and this one does not.
func (c *Comparison) findStale(root *os.Root) (Conflicts, error) {
	planned := sums(c.plan.generated)
	known := maps.Clone(c.old.Files)
	if known == nil {
		known = map[string]string{}
	}
	maps.Copy(known, c.old.Writing)
	var conflicts Conflicts
	for _, p := range slices.Sorted(maps.Keys(known)) {
		if _, ok := planned[p]; ok {
			continue
		}
		have, _, err := read(root, p)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, errNotRegular):
		case err != nil:
			return nil, err
		case c.old.proves(p, have):
			c.Changes = append(c.Changes, Change{Kind: Delete, Path: p, Old: have})
		case c.options.Force:
			c.Changes = append(c.Changes, Change{Kind: Forget, Path: p, Old: have})
		default:
			conflicts = append(conflicts, Conflict{Path: p, Forced: true,
				Reason: "was edited by hand and is no longer generated: move it away"})
		}
	}
	return conflicts, nil
}

var errNotRegular = errors.New("not a regular file")

// read returns a regular file's bytes and permissions. It returns errNotRegular
// for anything else, and fs.ErrNotExist if there is no file.
func read(root *os.Root, name string) ([]byte, fs.FileMode, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, 0, explain("read", name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("read %s: %w", name, errNotRegular)
	}
	b, err := root.ReadFile(name)
	if err != nil {
		return nil, 0, explain("read", name, err)
	}
	return b, info.Mode().Perm(), nil
}

// explain adds the file's name and removes the system call from an error.
func explain(what, name string, err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		err = l.Err
	}
	if strings.Contains(err.Error(), "escapes") { // package os has no exported error for this
		return fmt.Errorf("%s %s: a symbolic link on the way leads out of the module", what, name)
	}
	return fmt.Errorf("%s %s: %w", what, name, err)
}
