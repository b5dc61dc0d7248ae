package assets

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Version is the version of the Datastar bundle of [Pinned].
const Version = "v1.0.2"

const (
	pinnedHash = "2837d87acf6ee0ba8e4e63765926c25a98d63883b02f88be194a86b81d3fd24a"
	// The module has the unmodified bundle at its root. It is downloaded
	// separately, so that neither it nor its dependencies are in our go.mod.
	pinnedModule = "github.com/go-via/via@v0.7.0"
	pinnedURL    = "https://cdn.jsdelivr.net/gh/starfederation/datastar@" + Version + "/bundles/datastar.js"

	maxBundle = 1 << 20 // bytes; the bundle has 34 083
)

// Datastar lists the sources of the bundle: the file if there is one, otherwise
// the module, otherwise the address. A wrong hash ends the search with an
// error, because another source would only hide the problem.
type Datastar struct {
	File   string // a path, or ""
	Module string // path@version of a Go module with datastar.js at its root, or ""
	URL    string // or ""
	SHA256 string // lower-case hexadecimal
}

// Pinned is the bundle for this version of Ironstar. file is the value of
// DATASTAR_JS and may be empty.
func Pinned(file string) Datastar {
	return Datastar{File: file, Module: pinnedModule, URL: pinnedURL, SHA256: pinnedHash}
}

// MismatchError means that a Datastar bundle has the wrong hash.
type MismatchError struct {
	Source    string
	Got, Want string // sha256
	Size      int    // bytes
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("datastar.js from %s is the wrong file (%d bytes)\n  got  sha256 %s\n  want sha256 %s\nnothing was written; to use a copy of your own of Datastar %s, set DATASTAR_JS to its path",
		e.Source, e.Size, e.Got, e.Want, Version)
}

// obtain returns the verified bundle.
func (d Datastar) obtain(ctx context.Context, say func(string, ...any)) ([]byte, error) {
	if d.File != "" {
		data, err := os.ReadFile(d.File)
		if err != nil {
			return nil, fmt.Errorf("read the bundle named by DATASTAR_JS: %w", err)
		}
		return d.verified(data, d.File)
	}
	sources := []struct {
		name string
		get  func(context.Context, string) ([]byte, error)
	}{{d.Module, fromModule}, {d.URL, fromURL}}
	var faults []error
	for _, s := range sources {
		if s.name == "" {
			continue
		}
		say("  datastar %s from %s", Version, s.name)
		data, err := s.get(ctx, s.name)
		if err == nil {
			return d.verified(data, s.name)
		}
		say("  not available: %v", err)
		faults = append(faults, err)
	}
	return nil, fmt.Errorf("datastar.js is not available; set DATASTAR_JS to the path of Datastar %s: %w", Version, errors.Join(faults...))
}

func (d Datastar) verified(data []byte, source string) ([]byte, error) {
	if got := digest(data); got != d.SHA256 {
		return nil, &MismatchError{Source: source, Got: got, Want: d.SHA256, Size: len(data)}
	}
	return data, nil
}

// fromModule reads the bundle from the Go module cache. The go command
// downloads it through the proxy and checks it against the checksum database.
func fromModule(ctx context.Context, module string) ([]byte, error) {
	empty, err := os.MkdirTemp("", "ironstar-assets-") // outside of any module, so that our go.mod does not change
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", module, err)
	}
	defer os.RemoveAll(empty)
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module)
	cmd.Dir = empty
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := cmd.Output()
	var answer struct{ Dir, Error string }
	if jsonErr := json.Unmarshal(out, &answer); jsonErr != nil {
		return nil, fmt.Errorf("go mod download %s: %w", module, firstOf(err, jsonErr))
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("go mod download %s: %s", module, firstLine(answer.Error))
	}
	return os.ReadFile(filepath.Join(answer.Dir, "datastar.js"))
}

func firstOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

func fromURL(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", address, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("get %s: %s", address, res.Status)
	}
	var data bytes.Buffer
	if _, err := io.Copy(&data, io.LimitReader(res.Body, maxBundle)); err != nil {
		return nil, fmt.Errorf("get %s: %w", address, err)
	}
	return data.Bytes(), nil
}
