package assets

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Options say what to build. Root and Datastar are required.
type Options struct {
	Root     string    // the repository: package.json, web/ and static/dist are below it
	Datastar Datastar  // where the Datastar bundle comes from
	Log      io.Writer // one line a step; nil is silence
}

// File is one file of static/dist.
type File struct {
	Name string // as it is written: "app-6KD3XQ2A.css"
	Data []byte
}

// Build brings static/dist up to date. Its errors say what to do.
func Build(ctx context.Context, o Options) error {
	start := time.Now()
	b := builder{Options: o, dist: filepath.Join(o.Root, "static", "dist")}
	if err := b.packages(ctx); err != nil {
		return err
	}
	entries, err := b.entries()
	if err != nil {
		return err
	}
	if why := b.stale(entries); why == "" {
		b.say("assets: nothing changed")
		return nil
	} else {
		b.say("assets: building, %s", why)
	}

	datastar, err := b.datastar(ctx)
	if err != nil {
		return err
	}
	bundled, err := b.bundle(entries)
	if err != nil {
		return err
	}
	bundled.add("datastar.js", hashed("datastar.js", datastar))
	if err := b.write(entries, bundled); err != nil {
		return err
	}
	b.say("assets: done in %s", time.Since(start).Round(10*time.Millisecond))
	return nil
}

type builder struct {
	Options
	dist string
}

func (b *builder) say(format string, args ...any) {
	if b.Log != nil {
		fmt.Fprintf(b.Log, format+"\n", args...)
	}
}

// datastar returns the verified bundle: the one that the last build left, if
// nobody names another.
func (b *builder) datastar(ctx context.Context) ([]byte, error) {
	if b.Datastar.File == "" && len(b.Datastar.SHA256) == 64 {
		last, err := os.ReadFile(filepath.Join(b.dist, hashedName("datastar.js", b.Datastar.SHA256)))
		if err == nil && digest(last) == b.Datastar.SHA256 {
			return last, nil
		}
	}
	return b.Datastar.obtain(ctx, b.say)
}

// entries lists the files that become an asset each: the TypeScript and CSS
// files at the top of web/.
func (b *builder) entries() ([]string, error) {
	var entries []string
	for _, pattern := range []string{"*.ts", "*.css"} {
		found, err := filepath.Glob(filepath.Join(b.Root, "web", pattern))
		if err != nil {
			return nil, fmt.Errorf("list web/%s: %w", pattern, err)
		}
		for _, f := range found {
			if ok, _ := filepath.Match("*.d.ts", filepath.Base(f)); !ok {
				entries = append(entries, "web/"+filepath.Base(f))
			}
		}
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("no .ts or .css file in %s: is this the root of the repository?", filepath.Join(b.Root, "web"))
	}
	slices.Sort(entries)
	return entries, nil
}

// write puts the files in place: new ones first, then the manifest that names
// them, then what is known about the build; at last the files of the build
// before go.
func (b *builder) write(entries []string, built *bundled) error {
	if err := os.MkdirAll(b.dist, 0o755); err != nil {
		return fmt.Errorf("make %s: %w", b.dist, err)
	}
	record := newRecord(entries, built.inputs)
	manifest, err := built.manifest()
	if err != nil {
		return err
	}
	for _, f := range append(built.files, manifest) {
		siblings, err := compressed(f)
		if err != nil {
			return err
		}
		for _, g := range append(siblings, f) {
			if err := replace(filepath.Join(b.dist, g.Name), g.Data); err != nil {
				return err
			}
			record.Outputs[g.Name] = digest(g.Data)
		}
		if f.Name != manifestName {
			b.say("  %-26s %7d bytes%s", f.Name, len(f.Data), sizes(siblings))
		}
	}
	if err := b.keep(record); err != nil {
		return err
	}
	return b.sweep(record)
}

func sizes(siblings []File) string {
	if len(siblings) == 0 {
		return ""
	}
	least := slices.MinFunc(siblings, func(x, y File) int { return cmp.Compare(len(x.Data), len(y.Data)) })
	return fmt.Sprintf(", %6d as %s", len(least.Data), filepath.Ext(least.Name)[1:])
}

// replace writes a file so that a reader sees the old or the new content.
func replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(temp.Name()) // no longer there after the rename
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Chmod(0o644)
	}
	if closed := temp.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
