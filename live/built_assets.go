package live

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
)

// AssetPrefix is where built assets are served.
const AssetPrefix = "/static/"

// ErrAssetsNotBuilt is what [BuiltAssets.Check] returns before ironstar assets
// was run.
var ErrAssetsNotBuilt = errors.New("the assets are not built; run: make assets, or ironstar assets")

// BuiltAssets are the files that ironstar assets writes to static/dist, and the
// address of each. [Options.Assets] serves them. An address holds a hash of the
// content, so browsers can keep the file forever. Its methods may be called from
// several goroutines.
type BuiltAssets struct {
	files    fs.FS
	names    []string
	manifest func() (map[string]string, error) // name → file; read once
}

// NewBuiltAssets returns the files below dist in an [embed.FS], which may not be
// built yet. The names are those of the assets that pages use, such as "app.js":
// Check says which of them are missing.
func NewBuiltAssets(embedded fs.FS, names ...string) *BuiltAssets {
	files, err := fs.Sub(embedded, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path
	}
	return &BuiltAssets{files, names, sync.OnceValues(func() (map[string]string, error) { return readManifest(files) })}
}

func readManifest(files fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(files, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAssetsNotBuilt
	}
	var m map[string]string
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return nil, fmt.Errorf("manifest of the assets: %w; run: make assets, or ironstar assets", err)
	}
	return m, nil
}

// URL returns the address of an asset: URL("app.js") is that of the script.
// Nothing answers there if the assets are not built or have no such name; Check
// finds both at the start.
func (b *BuiltAssets) URL(name string) string {
	if m, err := b.manifest(); err == nil && m[name] != "" {
		return AssetPrefix + m[name]
	}
	return AssetPrefix + name
}

// Check returns nil if the asset of each name exists. The error says what to run;
// it is [ErrAssetsNotBuilt] if files are missing.
func (b *BuiltAssets) Check() error {
	m, err := b.manifest()
	if err != nil {
		return err
	}
	var missing []string
	for _, name := range b.names {
		if !isFile(b.files, m[name]) { // "", if the manifest does not have it, is no file
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return fmt.Errorf("%w (missing: %s)", ErrAssetsNotBuilt, strings.Join(missing, ", "))
	}
	return nil
}

// serveBuilt adds the addresses of built files, if there are any.
func (s *Server) serveBuilt(b *BuiltAssets) error {
	if b == nil {
		return nil
	}
	if err := b.Check(); err != nil {
		return err
	}
	a, err := NewAssets(b.files)
	if err != nil {
		return err
	}
	s.Assets(AssetPrefix, a)
	return nil
}

// has reports whether an asset of this name was built.
func (b *BuiltAssets) has(name string) bool {
	if b == nil {
		return false
	}
	m, err := b.manifest()
	return err == nil && m[name] != ""
}

func isFile(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}
