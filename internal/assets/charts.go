package assets

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	chartsFolder  = "charts/"                  // of the client
	chartsPrefix  = clientName + "/charts/"    // of the names that scripts import: "ironstar/charts/echarts"
	drawingImport = `^\./[a-z]+-drawing$`      // how the script of an element imports what draws it
	addresses     = "address"                  // the namespace of files that the browser loads by themselves
	addressPrefix = addresses + ":"            // "address:<file>" is the address at which a file is served
	resolvedOnce  = "the resolver asks itself" // plugin data that ends a circle
)

// chartPackages are the npm packages of each chart element, in the versions that it is
// tested with.
var chartPackages = map[string]string{
	"echarts": "echarts@6.1.0",
	"vega":    "vega@6.4.0 vega-lite@6.5.0 vega-interpreter@2.3.2",
	"mosaic":  "@uwdata/mosaic-core@0.32.0 @uwdata/mosaic-spec@0.32.0 @uwdata/vgplot@0.32.0 @uwdata/flechette@2.5.0 @duckdb/duckdb-wasm@1.33.1-dev57.0 parquet-wasm@0.8.0",
}

// charts bundles what draws the elements that scripts import. Each is a bundle of its
// own: the script of a page shares no file with it, so a page without a chart loads
// nothing of it, and one with a chart one file.
type charts struct {
	options api.BuildOptions

	mu    sync.Mutex // esbuild resolves imports at the same time
	built []api.BuildResult
	names map[string]string // "charts/echarts-drawing.ts" → "echarts-drawing-6KD3XQ2A.js"
}

// resolve finds what is behind "ironstar/charts/echarts".
func (c *charts) resolve(b api.PluginBuild) {
	b.OnResolve(api.OnResolveOptions{Filter: "^" + chartsPrefix}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := strings.TrimPrefix(a.Path, chartsPrefix)
		if chartPackages[name] == "" {
			return api.OnResolveResult{}, fmt.Errorf("there is no %s; there are %secharts, %[2]svega and %[2]smosaic", a.Path, chartsPrefix)
		}
		return api.OnResolveResult{Path: chartsFolder + name + ".ts", Namespace: namespace}, nil
	})
	b.OnResolve(api.OnResolveOptions{Filter: drawingImport, Namespace: namespace}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name, errs := c.bundle(chartsFolder + strings.TrimPrefix(a.Path, "./") + ".ts")
		return api.OnResolveResult{Path: "/static/" + name, External: true, Errors: errs}, nil
	})
}

// bundle returns the name of the bundle of a file of the client.
func (c *charts) bundle(file string) (string, []api.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name := c.names[file]; name != "" {
		return name, nil
	}
	o := c.options
	o.EntryPoints = []string{file}
	o.Plugins = []api.Plugin{drawing(o.AbsWorkingDir)}
	result := api.Build(o)
	if len(result.Errors) > 0 {
		return "", result.Errors
	}
	stem := strings.TrimSuffix(filepath.Base(file), ".ts") + "-"
	at := slices.IndexFunc(result.OutputFiles, func(f api.OutputFile) bool { return strings.HasPrefix(filepath.Base(f.Path), stem) })
	name := filepath.Base(result.OutputFiles[at].Path) // esbuild names the output of an entry like the entry
	if c.names == nil {
		c.names = map[string]string{}
	}
	c.names[file] = name
	c.built = append(c.built, result)
	return name, nil
}

// drawing gives the bundle of a chart the files of the client, and the npm packages of
// the application.
func drawing(root string) api.Plugin {
	return api.Plugin{Name: clientName, Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: "^" + chartsFolder}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: a.Path, Namespace: namespace}, nil
		})
		b.OnResolve(api.OnResolveOptions{Filter: `^[^.]`, Namespace: namespace}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if a.PluginData == resolvedOnce {
				return api.OnResolveResult{}, nil
			}
			file, isAddress := strings.CutPrefix(a.Path, addressPrefix)
			found := b.Resolve(file, api.ResolveOptions{ResolveDir: root, Kind: a.Kind, PluginData: resolvedOnce})
			if len(found.Errors) > 0 {
				return api.OnResolveResult{}, missingPackage(a.Importer, file)
			}
			result := api.OnResolveResult{Path: found.Path, Namespace: found.Namespace, Suffix: found.Suffix}
			if isAddress {
				result.Namespace = addresses
			} else if !found.SideEffects {
				result.SideEffects = api.SideEffectsFalse
			}
			return result, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: addresses}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := os.ReadFile(a.Path)
			text := string(data)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderFile}, err
		})
		loadSources(b, root)
	}}
}

// missingPackage says what to install for an element.
func missingPackage(importer, imported string) error {
	element, _, _ := strings.Cut(strings.TrimPrefix(importer, chartsFolder), "-")
	return fmt.Errorf("%s%s draws with %s, which is not here: npm install --save-dev --save-exact %s",
		chartsPrefix, element, imported, cmp.Or(chartPackages[element], imported))
}
