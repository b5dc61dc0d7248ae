package assets

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	manifestName = "manifest.json"
	recordName   = ".built.json"  // begins with a dot, so go:embed ignores it
	bundleName   = ".datastar.js" // the verified bundle
	keptName     = "README.md"    // the committed placeholder
	typesName    = ".client"      // the folder with the sources of the client, for editors and tsc
	recipe       = "5 " + Version // raise the number when this package builds in another way
)

// record holds hashes of a build's inputs and outputs. The next build compares
// them to find out whether there is anything to do.
type record struct {
	Recipe  string
	Entries []string
	Inputs  map[string]string // path below the root → sha256
	Outputs map[string]string // name in static/dist → sha256
}

func newRecord(entries []string, inputs map[string]string) record {
	return record{Recipe: recipeNow(), Entries: entries, Inputs: inputs, Outputs: map[string]string{}}
}

// recipeNow identifies what else the outputs depend on.
func recipeNow() string {
	versions := recipe + " client " + clientHash()
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return versions
	}
	for _, m := range info.Deps {
		if strings.Contains(m.Path, "esbuild") || strings.Contains(m.Path, "compress") || strings.Contains(m.Path, "brotli") {
			versions += " " + m.Path + "@" + m.Version
		}
	}
	return versions
}

// stale returns why static/dist must be built again, or "".
func (b *builder) stale(entries []string) string {
	text, err := os.ReadFile(filepath.Join(b.dist, recordName))
	if err != nil {
		return "for the first time"
	}
	var last record
	if err := json.Unmarshal(text, &last); err != nil {
		return "the last build is not readable"
	}
	if last.Recipe != recipeNow() {
		return "the builder changed"
	}
	b.last = last
	if !slices.Equal(last.Entries, entries) {
		return "the list of files in web/ changed"
	}
	if name := changed(b.Root, last.Inputs); name != "" {
		return name + " changed"
	}
	if name := changed(b.dist, last.Outputs); name != "" {
		return path.Join("static/dist", name) + " changed"
	}
	return ""
}

// changed returns the first file below a folder whose hash has changed.
func changed(folder string, hashes map[string]string) string {
	for _, name := range slices.Sorted(maps.Keys(hashes)) {
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil || digest(data) != hashes[name] {
			return name
		}
	}
	return ""
}

func (b *builder) writeRecord(r record) error {
	text, err := json.MarshalIndent(r, "", "\t")
	if err != nil {
		return fmt.Errorf("record of the build: %w", err)
	}
	return replace(filepath.Join(b.dist, recordName), text)
}

// sweep removes files of other builds.
func (b *builder) sweep(r record) error {
	found, err := os.ReadDir(b.dist)
	if err != nil {
		return fmt.Errorf("list %s: %w", b.dist, err)
	}
	for _, f := range found {
		if _, ours := r.Outputs[f.Name()]; ours || f.Name() == recordName || f.Name() == bundleName || f.Name() == typesName || f.Name() == keptName {
			continue
		}
		if err := os.RemoveAll(filepath.Join(b.dist, f.Name())); err != nil {
			return fmt.Errorf("remove an old asset: %w", err)
		}
	}
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
