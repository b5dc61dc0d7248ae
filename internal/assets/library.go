package assets

import (
	"bytes"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"ironstar.dev/live/client"
)

// Names that scripts import, and the namespace of the files behind them.
const (
	clientName   = "ironstar"
	datastarName = "datastar"
	styleName    = "ironstar/page.css"
	namespace    = "ironstar"
	clientEntry  = "index.ts"
)

// datastarNotice stays in the bundle, whose other comments are dropped.
const datastarNotice = "/*! Datastar " + Version + ", MIT licence, https://github.com/starfederation/datastar */\n"

// The entry that may import them, and the name of its output.
const (
	appEntry = "web/app.ts"
	appName  = "app"
)

// library gives scripts and styles what this module brings: the client of pages, the
// Datastar bundle, and the style of pages. Both are bundled into one file with the script that imports
// them, so a page has one instance of each.
func library(root string, datastar []byte, charts *charts) api.Plugin {
	return api.Plugin{Name: clientName, Setup: func(b api.PluginBuild) {
		charts.resolve(b)
		in := func(file string) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: file, Namespace: namespace}, nil
		}
		b.OnResolve(api.OnResolveOptions{Filter: "^(" + clientName + "|" + datastarName + "|" + styleName + ")$"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.Path == clientName {
				return in(clientEntry)
			}
			return in(a.Path)
		})
		b.OnLoad(api.OnLoadOptions{Filter: "^(" + datastarName + "|" + styleName + ")$", Namespace: namespace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			if a.Path == styleName {
				return api.OnLoadResult{Contents: &client.Style, Loader: api.LoaderCSS}, nil
			}
			script := datastarNotice + string(withoutSourceMap(datastar))
			return api.OnLoadResult{Contents: &script, Loader: api.LoaderJS}, nil
		})
		loadSources(b, root)
	}}
}

// loadSources reads the files of the client, which import each other by relative paths,
// and npm packages that lie below root.
func loadSources(b api.PluginBuild, root string) {
	b.OnResolve(api.OnResolveOptions{Filter: `^\.\.?/`, Namespace: namespace}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: path.Join(path.Dir(a.Importer), a.Path) + ".ts", Namespace: namespace}, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: `\.ts$`, Namespace: namespace}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		text, err := fs.ReadFile(client.Sources, a.Path)
		source := string(text)
		return api.OnLoadResult{Contents: &source, Loader: api.LoaderTS, ResolveDir: root}, err
	})
}

// withoutSourceMap drops the comment that names a source map, which is not
// served.
func withoutSourceMap(script []byte) []byte {
	if at := bytes.LastIndex(script, []byte("\n//# sourceMappingURL=")); at >= 0 {
		return script[:at+1]
	}
	return script
}

// isLibrary reports whether an input in esbuild's metafile is one of library.
func isLibrary(input string) bool { return strings.HasPrefix(input, namespace+":") }

// clientHash is a hash of the client's files.
func clientHash() string {
	all := []byte(client.Style)
	_ = fs.WalkDir(client.Sources, ".", func(name string, d fs.DirEntry, err error) error { // cannot fail: the files are embedded
		if err == nil && !d.IsDir() {
			text, _ := fs.ReadFile(client.Sources, name)
			all = append(append(all, name...), text...)
		}
		return err
	})
	return digest(all)[:16]
}
