package plan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
)

// tempSuffix marks the temporary files next to their targets.
const tempSuffix = ".ironstar-tmp"

// Apply changes the disk as planned. It compares again under a lock, so it
// returns what it really did, which may be less than Compare returned.
//
// If ctx ends or a file cannot be written before the first target is replaced,
// nothing has changed. After that it finishes; if the process is killed, the
// next run finishes.
func (p *Plan) Apply(ctx context.Context, o Options) ([]Change, error) {
	root, err := os.OpenRoot(o.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	unlock, err := lock(ctx, root, o.Schema)
	if err != nil {
		return nil, err
	}
	defer unlock()
	c, err := p.compare(root, o)
	if err != nil {
		return nil, err
	}
	if len(c.Changes) == 0 {
		return nil, nil
	}
	return c.Changes, c.apply(ctx, root)
}

// apply writes the journal, temporary files, renames, deletions and the
// manifest.
func (c *Comparison) apply(ctx context.Context, root *os.Root) error {
	c.sweep(root)
	w := &writer{root: root}
	before, err := root.ReadFile(c.manifest)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explain("read", c.manifest, err)
	}
	journal := &manifest{Format: manifestFormat, Files: c.old.Files, Writing: maps.Clone(c.old.Writing)}
	if journal.Writing == nil {
		journal.Writing = map[string]string{}
	}
	maps.Copy(journal.Writing, sums(c.plan.generated))
	if err := w.replaceManifest(c.manifest, journal); err != nil {
		return err
	}
	if err := w.stageAll(ctx, c.Changes); err != nil {
		w.undo()
		return errors.Join(err, w.restore(c.manifest, before))
	}
	if err := w.commit(c.Changes); err != nil {
		return err
	}
	return w.replaceManifest(c.manifest, &manifest{Format: manifestFormat, Files: sums(c.plan.generated)})
}

// sweep removes temporary files of a killed run. The journal gives their names,
// and nothing else uses that suffix.
func (c *Comparison) sweep(root *os.Root) {
	names := slices.Collect(maps.Keys(c.old.Writing))
	for _, f := range c.plan.once {
		names = append(names, f.path)
	}
	for _, e := range c.plan.edited {
		names = append(names, e.path)
	}
	for _, name := range append(names, c.manifest) {
		if info, err := root.Lstat(temp(name)); err == nil && info.Mode().IsRegular() {
			_ = root.Remove(temp(name)) // a file that cannot be removed causes an error when it is in the way
		}
	}
}

func temp(name string) string {
	dir, base := path.Split(name)
	return dir + "." + base + tempSuffix
}

// writer records what must be undone after an error.
type writer struct {
	root    *os.Root
	staged  []string // targets whose temporary files are written
	folders []string // new folders, outermost first
}

// stageAll writes the temporary files of all changes that have content.
func (w *writer) stageAll(ctx context.Context, changes []Change) error {
	for _, c := range changes {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("write %s: %w", c.Path, err)
		}
		if c.New == nil {
			continue
		}
		if err := w.mkdir(path.Dir(c.Path)); err != nil {
			return err
		}
		mode := c.mode
		if c.Kind != Update && c.Kind != Edit {
			mode = 0
		}
		if err := w.stage(c.Path, c.New, mode); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// mkdir makes a folder and its parents, and records which are new.
func (w *writer) mkdir(dir string) error {
	var missing []string
	for d := dir; d != "."; d = path.Dir(d) {
		if _, err := w.root.Stat(d); err == nil {
			break
		} else if !errors.Is(err, fs.ErrNotExist) {
			return explain("make folder", d, err)
		}
		missing = append(missing, d)
	}
	slices.Reverse(missing)
	for _, d := range missing {
		if err := w.root.Mkdir(d, 0o777); err != nil {
			return explain("make folder", d, err)
		}
		w.folders = append(w.folders, d)
	}
	return nil
}

// stage writes b to the temporary file of name. mode is that of the file that
// will be replaced; 0 means the default of the umask.
func (w *writer) stage(name string, b []byte, mode fs.FileMode) (err error) {
	f, err := w.root.OpenFile(temp(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return explain("write", name, err)
	}
	w.staged = append(w.staged, name)
	_, err = f.Write(b)
	if err == nil && mode != 0 {
		err = f.Chmod(mode)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return explain("write", name, err)
	}
	return nil
}

// commit renames and deletes. It continues after an error, so that less remains
// to do.
func (w *writer) commit(changes []Change) error {
	var errs []error
	for _, c := range changes {
		switch {
		case c.New != nil:
			errs = append(errs, w.publish(c))
		case c.Kind == Delete:
			if err := w.root.Remove(c.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				errs = append(errs, explain("delete", c.Path, err))
			}
			w.removeEmpty(path.Dir(c.Path))
		}
	}
	return errors.Join(errs...)
}

// publish renames a temporary file to its target. A file that is written once
// gets its name only if no other file has it.
func (w *writer) publish(c Change) error {
	if c.Kind == Once {
		err := w.root.Link(temp(c.Path), c.Path)
		if err == nil || errors.Is(err, fs.ErrExist) {
			_ = w.root.Remove(temp(c.Path))
			return nil
		} // the file system has no hard links: rename
	}
	if err := w.root.Rename(temp(c.Path), c.Path); err != nil {
		_ = w.root.Remove(temp(c.Path))
		return explain("write", c.Path, err)
	}
	return nil
}

// removeEmpty removes folders that a deletion left empty, up to the root.
func (w *writer) removeEmpty(dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if info, err := w.root.Lstat(dir); err != nil || !info.IsDir() || w.root.Remove(dir) != nil {
			return
		}
	}
}

// undo removes what was staged.
func (w *writer) undo() {
	for _, name := range w.staged {
		_ = w.root.Remove(temp(name))
	}
	for _, dir := range slices.Backward(w.folders) {
		_ = w.root.Remove(dir)
	}
}

// replaceManifest writes the manifest atomically.
func (w *writer) replaceManifest(name string, m *manifest) error {
	b, err := m.bytes()
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return w.replace(name, b)
}

// restore restores the manifest; nil means that there was none.
func (w *writer) restore(name string, before []byte) error {
	if before == nil {
		return w.root.Remove(name)
	}
	return w.replace(name, before)
}

func (w *writer) replace(name string, b []byte) error {
	one := &writer{root: w.root}
	if err := one.stage(name, b, 0); err != nil {
		one.undo()
		return err
	}
	if err := w.root.Rename(temp(name), name); err != nil {
		one.undo()
		return explain("write", name, err)
	}
	return nil
}
