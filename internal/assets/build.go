package assets

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ironstar.dev/live/client"
)

// Options say what to build. Root and Datastar are required.
type Options struct {
	Root     string    // an existing folder: package.json and web/, which are optional, and static/dist are below it
	Datastar Datastar  // where the Datastar bundle comes from
	Log      io.Writer // gets one line for each step; nil discards them
}

// File is one file of static/dist.
type File struct {
	Name string // name with a hash: "app-6KD3XQ2A.css"
	Data []byte
}

// Build brings static/dist up to date. Its errors say what to do.
func Build(ctx context.Context, o Options) error {
	start := time.Now()
	if info, err := os.Stat(o.Root); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder", o.Root)
	}
	b := builder{Options: o, dist: filepath.Join(o.Root, "static", "dist")}
	if err := b.packages(ctx); err != nil {
		return err
	}
	entries, err := b.entries()
	if err != nil {
		return err
	}
	if why := b.stale(entries); why == "" {
		b.log("assets: nothing changed")
		return nil
	} else {
		b.log("assets: building, %s", why)
	}

	datastar, err := b.datastar(ctx)
	if err != nil {
		return err
	}
	bundled, err := b.bundle(entries, datastar)
	if err != nil {
		return err
	}
	if err := b.write(entries, bundled); err != nil {
		return err
	}
	if err := replace(Kept(o.Root), datastar); err != nil {
		return err
	}
	b.log("assets: done in %s", time.Since(start).Round(10*time.Millisecond))
	return nil
}

type builder struct {
	Options
	dist string
	last record // of the last build, if it was made in the same way
}

func (b *builder) log(format string, args ...any) {
	if b.Log != nil {
		fmt.Fprintf(b.Log, format+"\n", args...)
	}
}

// Kept returns where a build below root keeps the verified Datastar bundle, for
// the next build. Its name begins with a dot, so it is neither embedded nor served.
func Kept(root string) string { return filepath.Join(root, "static", "dist", bundleName) }

// datastar returns the verified bundle: the one of the last build, if no file
// is named.
func (b *builder) datastar(ctx context.Context) ([]byte, error) {
	if b.Datastar.File == "" && len(b.Datastar.SHA256) == 64 {
		last, err := os.ReadFile(Kept(b.Root))
		if err == nil && digest(last) == b.Datastar.SHA256 {
			return last, nil
		}
	}
	return b.Datastar.obtain(ctx, b.log)
}

// entries lists the files that each become an asset: the TypeScript and CSS
// files at the top of web/. Without web/app.ts, app.js is the client of pages
// alone.
func (b *builder) entries() ([]string, error) {
	var entries []string
	for _, pattern := range []string{"*.ts", "*.css"} {
		found, err := fs.Glob(os.DirFS(filepath.Join(b.Root, "web")), pattern) // b.Root may have brackets
		if err != nil {
			return nil, fmt.Errorf("list web/%s: %w", pattern, err)
		}
		for _, f := range found {
			if ok, _ := filepath.Match("*.d.ts", f); !ok {
				entries = append(entries, "web/"+f)
			}
		}
	}
	if !slices.Contains(entries, appEntry) {
		entries = append(entries, clientName)
	}
	slices.Sort(entries)
	return entries, nil
}

// write writes the new files, then the manifest, then the record of the build,
// and removes the files of the former build at the end.
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
		siblings, err := b.siblings(f)
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
			b.log("  %-26s %7d bytes%s", f.Name, len(f.Data), sizes(siblings))
		}
	}
	if err := b.types(record); err != nil {
		return err
	}
	if err := b.writeIcons(built.icons, record); err != nil {
		return err
	}
	if err := b.writeRecord(record); err != nil {
		return err
	}
	return b.sweep(record)
}

// types writes the sources of the client next to the built files, so that editors
// and tsc find the types of what an application imports.
func (b *builder) types(r record) error {
	if err := os.MkdirAll(filepath.Join(b.dist, typesName, chartsFolder), 0o755); err != nil {
		return fmt.Errorf("make a folder for the client: %w", err)
	}
	var names []string
	for _, pattern := range []string{"*.ts", chartsFolder + "*.ts"} {
		found, err := fs.Glob(client.Sources, pattern)
		if err != nil {
			return fmt.Errorf("list the client: %w", err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		text, err := fs.ReadFile(client.Sources, name)
		if err != nil {
			return fmt.Errorf("read the client: %w", err)
		}
		r.Outputs[typesName+"/"+name] = digest(text)
		file := filepath.Join(b.dist, typesName, filepath.FromSlash(name))
		if have, err := os.ReadFile(file); err == nil && bytes.Equal(have, text) {
			continue
		}
		if err := replace(file, text); err != nil {
			return err
		}
	}
	return nil
}

// siblings returns the compressed siblings of a file: those of the last build, if
// the file was part of it.
func (b *builder) siblings(f File) ([]File, error) {
	if b.last.Outputs[f.Name] != digest(f.Data) {
		return compressed(f)
	}
	var siblings []File
	for _, ending := range []string{".br", ".gz", ".zst"} {
		name := f.Name + ending
		want, there := b.last.Outputs[name]
		if !there {
			continue
		}
		data, err := os.ReadFile(filepath.Join(b.dist, name))
		if err != nil || digest(data) != want {
			return compressed(f)
		}
		siblings = append(siblings, File{name, data})
	}
	return siblings, nil
}

func sizes(siblings []File) string {
	if len(siblings) == 0 {
		return ""
	}
	least := slices.MinFunc(siblings, func(x, y File) int { return cmp.Compare(len(x.Data), len(y.Data)) })
	return fmt.Sprintf(", %6d as %s", len(least.Data), filepath.Ext(least.Name)[1:])
}

// replace writes a file atomically.
func replace(path string, data []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(temp.Name()) // does nothing after the rename
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
