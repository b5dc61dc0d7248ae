package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// ManifestName is the file in the schema's folder that lists the generated
// files.
const ManifestName = "ironstar.gen.json"

// manifestFormat is the version of the manifest's format.
const manifestFormat = 1

// manifest is ironstar.gen.json: for each generated file, by path from the
// module's root, the SHA-256 of its bytes with LF line ends, in hex.
type manifest struct {
	Format int               `json:"format"`
	Files  map[string]string `json:"files"`
	// Writing is set during a run and after a killed run: the sums that the run
	// is about to write.
	Writing map[string]string `json:"writing,omitempty"`
}

// ManifestError means that the manifest cannot be used, so no file can be
// proven to be generated.
type ManifestError struct {
	Path string
	Err  error
}

func (e *ManifestError) Error() string { return fmt.Sprintf("read %s: %v", e.Path, e.Err) }
func (e *ManifestError) Unwrap() error { return e.Err }

// readManifest returns an empty manifest if the file is missing or empty, and a
// *ManifestError if it is invalid.
func readManifest(root *os.Root, name string) (*manifest, error) {
	empty := &manifest{Format: manifestFormat}
	if info, err := root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("read %s: not a regular file", name)
	}
	data, err := root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(data) == 0 {
		return empty, nil
	}
	if err != nil {
		return nil, explain("read", name, err)
	}
	var m manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, &ManifestError{name, err}
	}
	if m.Format > manifestFormat {
		return nil, fmt.Errorf("read %s: written by a newer ironstar (format %d, this one knows %d)", name, m.Format, manifestFormat)
	}
	if m.Format < 1 {
		return nil, &ManifestError{name, errors.New("no format")}
	}
	for _, files := range []map[string]string{m.Files, m.Writing} {
		for p, sum := range files {
			if err := checkEntry(p, sum); err != nil {
				return nil, &ManifestError{name, err}
			}
		}
	}
	return &m, nil
}

// checkEntry refuses names of files that no run could have written, in case the
// manifest is damaged or forged.
func checkEntry(p, sum string) error {
	if err := checkPath(p); err != nil {
		return err
	}
	if !isGeneratedName(p) {
		return fmt.Errorf("%s is not the name of a generated file", p)
	}
	if b, err := hex.DecodeString(sum); err != nil || len(b) != sha256.Size {
		return fmt.Errorf("%s: %q is not a SHA-256", p, sum)
	}
	return nil
}

// knows reports whether the manifest has the path.
func (m *manifest) knows(p string) bool {
	_, files := m.Files[p]
	_, writing := m.Writing[p]
	return files || writing
}

// proves reports whether some run wrote b at p.
func (m *manifest) proves(p string, b []byte) bool {
	s := sum(b)
	return m.Files[p] == s || m.Writing[p] == s
}

func (m *manifest) bytes() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	return append(b, '\n'), err
}

// sum returns the SHA-256 of b with LF line ends, in hex.
func sum(b []byte) string {
	h := sha256.Sum256(lf(b))
	return hex.EncodeToString(h[:])
}

func sums(files []file) map[string]string {
	m := make(map[string]string, len(files))
	for _, f := range files {
		m[f.path] = sum(f.bytes)
	}
	return m
}

// Recorded returns a generated file from disk if the manifest proves that a run
// wrote it; otherwise nil. It is for output that is expensive to make and
// contains a hash of its source.
func Recorded(o Options, name string) []byte {
	root, err := os.OpenRoot(o.Root)
	if err != nil {
		return nil
	}
	defer root.Close()
	m, err := readManifest(root, path.Join(o.Schema, ManifestName))
	if err != nil {
		return nil
	}
	b, _, err := read(root, name)
	if err != nil || !m.proves(name, b) {
		return nil
	}
	return lf(b)
}
