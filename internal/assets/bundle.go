package assets

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// browsers are the oldest browsers that pages support.
var browsers = []api.Engine{
	{Name: api.EngineChrome, Version: "111"},
	{Name: api.EngineFirefox, Version: "119"},
	{Name: api.EngineSafari, Version: "17"},
}

// bundled is the output of esbuild: files, their logical names, and hashes of
// their sources.
type bundled struct {
	files  []File
	names  map[string]string // "app.css" → "app-6KD3XQ2A.css"
	inputs map[string]string // path below the root → sha256
	icons  []string          // names of the icons in style sheets, sorted
}

// manifest returns the file that package static reads.
func (b *bundled) manifest() (File, error) {
	text, err := json.MarshalIndent(b.names, "", "\t")
	if err != nil {
		return File{}, fmt.Errorf("manifest: %w", err)
	}
	return File{manifestName, append(text, '\n')}, nil
}

// bundle runs esbuild on the entries. They can import "ironstar", the client of
// pages, and "datastar", whose bundle is given.
func (b *builder) bundle(entries []string, datastar []byte) (*bundled, error) {
	root, err := filepath.Abs(b.Root)
	if err != nil {
		return nil, fmt.Errorf("path of %s: %w", b.Root, err)
	}
	used := map[string]bool{} // icons
	charts := &charts{options: b.options(root)}
	o := b.options(root)
	o.Plugins = []api.Plugin{library(root, datastar, charts), icons(root, used)}
	o.EntryPointsAdvanced = entryPoints(entries)
	result := api.Build(o)
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		return nil, sourceErrors(append(result.Errors, result.Warnings...))
	}
	built := &bundled{names: map[string]string{}, inputs: map[string]string{}, icons: slices.Sorted(maps.Keys(used))}
	if err := built.add(root, result); err != nil {
		return nil, err
	}
	for _, chart := range charts.built {
		if err := built.add(root, chart); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(built.files, func(x, y File) int { return strings.Compare(x.Name, y.Name) })
	return built, nil
}

// options are what the bundles of scripts, styles and charts have in common.
func (b *builder) options(root string) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: root,
		Outdir:        filepath.Join(root, "static", "dist"),
		EntryNames:    "[name]-[hash]",
		ChunkNames:    "chunk-[hash]",
		AssetNames:    "[name]-[hash]",
		PublicPath:    "/static",
		Bundle:        true,
		Splitting:     true,
		Format:        api.FormatESModule,
		Engines:       browsers,
		// Icons are small and few, so they are embedded in the style sheet.
		Loader:            map[string]api.Loader{".svg": api.LoaderDataURL},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsInline,
		Metafile:          true,
		LogLevel:          api.LogLevelSilent,
	}
}

// entryPoints names the outputs of the entries. The client alone is named like a
// script of the application, so that pages need not know which of them it is.
func entryPoints(entries []string) []api.EntryPoint {
	var points []api.EntryPoint
	for _, entry := range entries {
		name := strings.TrimSuffix(path.Base(entry), path.Ext(entry))
		if entry == clientName {
			name = appName
		}
		points = append(points, api.EntryPoint{InputPath: entry, OutputPath: name})
	}
	return points
}

// add takes the files of a result, their logical names and their inputs.
func (b *bundled) add(root string, result api.BuildResult) error {
	for _, f := range result.OutputFiles {
		name := filepath.Base(f.Path)
		if !slices.ContainsFunc(b.files, func(have File) bool { return have.Name == name }) { // its hash says that it is the same
			b.files = append(b.files, File{name, f.Contents})
		}
	}
	return b.read(root, result.Metafile)
}

// read takes the logical names and the inputs from esbuild's metafile.
func (b *bundled) read(root, metafile string) error {
	var meta struct {
		Inputs  map[string]struct{}
		Outputs map[string]struct{ EntryPoint string }
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return fmt.Errorf("read esbuild's metafile: %w", err)
	}
	for output, o := range meta.Outputs {
		if o.EntryPoint != "" {
			base := path.Base(o.EntryPoint)
			if o.EntryPoint == namespace+":"+clientEntry {
				base = appName
			}
			b.names[strings.TrimSuffix(base, path.Ext(base))+path.Ext(output)] = path.Base(output)
		}
	}
	for input := range meta.Inputs {
		if isLibrary(input) || strings.HasPrefix(input, iconsNamespace+":") { // not files
			continue
		}
		name, isAddress := strings.CutPrefix(input, addressPrefix)
		if isAddress { // esbuild has no path from the root for it
			if rel, err := filepath.Rel(root, name); err == nil {
				name = filepath.ToSlash(rel)
			}
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return fmt.Errorf("read an input again: %w", err)
		}
		b.inputs[name] = digest(data)
	}
	return nil
}
