package assets

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// browsers are the oldest that pages are built for.
var browsers = []api.Engine{
	{Name: api.EngineChrome, Version: "111"},
	{Name: api.EngineFirefox, Version: "119"},
	{Name: api.EngineSafari, Version: "17"},
}

// bundled is what esbuild made: files, their logical names, and what they were
// made from.
type bundled struct {
	files  []File
	names  map[string]string // "app.css" → "app-6KD3XQ2A.css"
	inputs map[string]string // path below the root → sha256
}

func (b *bundled) add(name string, f File) {
	b.files = append(b.files, f)
	b.names[name] = f.Name
}

// manifest is what package static reads.
func (b *bundled) manifest() (File, error) {
	text, err := json.MarshalIndent(b.names, "", "\t")
	if err != nil {
		return File{}, fmt.Errorf("manifest: %w", err)
	}
	return File{manifestName, append(text, '\n')}, nil
}

// hashed names a file by its content.
func hashed(name string, data []byte) File { return File{hashedName(name, digest(data)), data} }

func hashedName(name, digest string) string {
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + strings.ToUpper(digest[:8]) + ext
}

// bundle runs esbuild on the entries.
func (b *builder) bundle(entries []string) (*bundled, error) {
	root, err := filepath.Abs(b.Root)
	if err != nil {
		return nil, fmt.Errorf("path of %s: %w", b.Root, err)
	}
	dist := filepath.Join(root, "static", "dist")
	result := api.Build(api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   entries,
		Outdir:        dist,
		EntryNames:    "[name]-[hash]",
		ChunkNames:    "chunk-[hash]",
		AssetNames:    "[name]-[hash]",
		PublicPath:    "/static",
		Bundle:        true,
		Splitting:     true,
		Format:        api.FormatESModule,
		Engines:       browsers,
		// Icons are small and few: they travel inside the style sheet.
		Loader:            map[string]api.Loader{".svg": api.LoaderDataURL},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsInline,
		Metafile:          true,
		LogLevel:          api.LogLevelSilent,
	})
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		return nil, complaints(append(result.Errors, result.Warnings...))
	}
	built := &bundled{names: map[string]string{}, inputs: map[string]string{}}
	for _, f := range result.OutputFiles {
		built.files = append(built.files, File{filepath.Base(f.Path), f.Contents})
	}
	slices.SortFunc(built.files, func(x, y File) int { return strings.Compare(x.Name, y.Name) })
	return built, built.read(root, result.Metafile)
}

// read takes the logical names and the inputs from esbuild's account of the build.
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
			b.names[strings.TrimSuffix(base, path.Ext(base))+path.Ext(output)] = path.Base(output)
		}
	}
	for input := range meta.Inputs {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(input)))
		if err != nil {
			return fmt.Errorf("read an input again: %w", err)
		}
		b.inputs[input] = digest(data)
	}
	return nil
}

// complaints is esbuild's errors and warnings, each with its place and the line.
func complaints(messages []api.Message) error {
	lines := api.FormatMessages(messages, api.FormatMessagesOptions{Kind: api.ErrorMessage})
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], "\n")
	}
	return errors.New(strings.Join(lines, "\n"))
}
