package assets

import (
	"fmt"
	"os"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const (
	chartsPrefix  = clientName + "/charts/" // of the names that scripts import: "ironstar/charts/echarts"
	addressPrefix = "address:"              // "address:<file>" is the address at which a file is served
	addressSuffix = "?" + addressPrefix
	chartsFolder  = "charts/" // of the client
)

// chartPackages are the npm packages of each chart element, in the versions that it is
// tested with.
var chartPackages = map[string]string{
	"echarts": "echarts@6.1.0",
	"vega":    "vega@6.4.0 vega-lite@6.5.0 vega-interpreter@2.3.2",
	"mosaic":  "@uwdata/mosaic-core@0.32.0 @uwdata/mosaic-spec@0.32.0 @uwdata/vgplot@0.32.0 @duckdb/duckdb-wasm@1.33.1-dev57.0 parquet-wasm@0.8.0",
}

// resolveCharts finds what is behind "ironstar/charts/echarts", and the npm packages
// that the elements draw with, which are those of the application.
func resolveCharts(b api.PluginBuild, root string) {
	b.OnResolve(api.OnResolveOptions{Filter: "^" + chartsPrefix}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		name := strings.TrimPrefix(a.Path, chartsPrefix)
		if chartPackages[name] == "" {
			return api.OnResolveResult{}, fmt.Errorf("there is no %s; there are %secharts, %[2]svega and %[2]smosaic", a.Path, chartsPrefix)
		}
		return api.OnResolveResult{Path: chartsFolder + name + ".ts", Namespace: namespace}, nil
	})
	b.OnResolve(api.OnResolveOptions{Filter: `^[^.]`, Namespace: namespace}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		file, isAddress := strings.CutPrefix(a.Path, addressPrefix)
		if a.PluginData != nil || a.Path == datastarName {
			return api.OnResolveResult{}, nil
		}
		found := b.Resolve(file, api.ResolveOptions{ResolveDir: root, Kind: a.Kind, PluginData: true, Namespace: "file"})
		if len(found.Errors) > 0 {
			return api.OnResolveResult{}, missingPackage(a)
		}
		result := api.OnResolveResult{Path: found.Path, Namespace: found.Namespace, Suffix: found.Suffix}
		if !found.SideEffects {
			result.SideEffects = api.SideEffectsFalse
		}
		if isAddress {
			result.Suffix = addressSuffix
		}
		return result, nil
	})
	b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "file"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		if a.Suffix != addressSuffix {
			return api.OnLoadResult{}, nil
		}
		data, err := os.ReadFile(a.Path)
		text := string(data)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderFile}, err
	})
}

// missingPackage says what to install for an element whose drawing cannot be bundled.
func missingPackage(a api.OnResolveArgs) error {
	element, _, _ := strings.Cut(strings.TrimPrefix(a.Importer, chartsFolder), "-")
	element = strings.TrimSuffix(element, ".ts")
	return fmt.Errorf("%s%s draws with %s, which is not installed here: npm install --save-dev --save-exact %s",
		chartsPrefix, element, strings.TrimPrefix(a.Path, addressPrefix), chartPackages[element])
}
