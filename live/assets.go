package live

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// encodings are the compressed siblings of a file, the smallest one first: they
// were made once, at the highest level, where brotli is a tenth shorter than zstd.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}

// hashedName is a name with a hash of its file's content in it, as bundlers
// write it: app-B3RQ5YDC.css, app.0f9c2b1e.js.
var hashedName = regexp.MustCompile(`[-.]([0-9A-Z]{8}|[0-9a-f]{8,64})\.[0-9a-z.]+$`)

// mediaTypes are the types of common assets. They are listed here because the
// system's table differs from machine to machine.
var mediaTypes = map[string]string{
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".ico":   "image/x-icon",
	".js":    "text/javascript; charset=utf-8",
	".json":  "application/json",
	".map":   "application/json",
	".mjs":   "text/javascript; charset=utf-8",
	".png":   "image/png",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".wasm":  "application/wasm",
	".webp":  "image/webp",
	".woff2": "font/woff2",
}

// Assets serves files that a browser loads.
//
// Browsers keep a file forever if its name holds a hash of its content. They
// ask for any other file again and compare its ETag. A file with compressed
// siblings (.br, .zst, .gz) is sent in the best encoding that the client
// accepts.
type Assets struct {
	files map[string]asset // read once; nil for those from disk
	disk  fs.FS
}

type asset struct {
	data []byte
	etag string
}

// NewAssets reads all files and keeps them in memory. An error comes from
// reading a file.
func NewAssets(files fs.FS) (*Assets, error) {
	a := &Assets{files: map[string]asset{}}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		a.files[name] = asset{data, strconv.Quote(hex.EncodeToString(sum[:12]))}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	return a, nil
}

// version identifies the content of the files. It is constant for files from
// disk, because those change while they are served.
func (a *Assets) version() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(a.files)) {
		if !isSibling(name) {
			parts = append(parts, name, a.files[name].etag)
		}
	}
	return tagOf(parts...)
}

// DiskAssets reads each file when a browser asks for it and tells browsers to
// cache nothing. It is for development.
func DiskAssets(files fs.FS) *Assets { return &Assets{disk: files} }

// Assets serves files below a prefix, "/static/".
func (s *Server) Assets(prefix string, a *Assets) {
	s.addPagePart("assets", prefix, a.version())
	s.mux.Handle("GET "+prefix, http.StripPrefix(prefix, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !a.serve(w, r) {
			s.problem(w, r, &Problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing at this address."})
		}
	})))
}

// serve returns false if there is no such file. It does not serve names that
// begin with a dot, and it does not serve a compressed sibling under its own
// name.
func (a *Assets) serve(w http.ResponseWriter, r *http.Request) bool {
	name := r.URL.Path
	if !fs.ValidPath(name) || strings.HasPrefix(path.Base(name), ".") || isSibling(name) {
		return false
	}
	if a.disk != nil {
		return a.serveDisk(w, r, name)
	}
	file, ok := a.files[name]
	if !ok {
		return false
	}
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if hashedName.MatchString(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	for _, e := range encodings {
		sibling, ok := a.files[name+e.suffix]
		if !ok {
			continue
		}
		h.Set("Vary", "Accept-Encoding")
		if accepts(r, e.name) {
			file = sibling
			h.Set("Content-Encoding", e.name)
			break
		}
	}
	h.Set("ETag", file.etag)
	serveBytes(w, r, name, file.data)
	return true
}

func (a *Assets) serveDisk(w http.ResponseWriter, r *http.Request, name string) bool {
	f, err := a.disk.Open(name)
	if err != nil {
		return false
	}
	defer f.Close() // nothing was written
	data, err := io.ReadAll(f)
	if err != nil { // it is a directory
		return false
	}
	w.Header().Set("Cache-Control", "no-store")
	serveBytes(w, r, name, data)
	return true
}

func isSibling(name string) bool {
	for _, e := range encodings {
		if strings.HasSuffix(name, e.suffix) {
			return true
		}
	}
	return false
}

func serveBytes(w http.ResponseWriter, r *http.Request, name string, data []byte) {
	kind := mediaTypes[path.Ext(name)]
	if kind == "" {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// accepts reads Accept-Encoding (RFC 9110, 12.5.3). It ignores "*": an encoding
// counts only if the client names it.
func accepts(r *http.Request, coding string) bool {
	for _, header := range r.Header.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(header, ",") {
			name, weight, weighted := strings.Cut(part, ";")
			if !strings.EqualFold(strings.TrimSpace(name), coding) {
				continue
			}
			if !weighted {
				return true
			}
			q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
			return err == nil && q > 0
		}
	}
	return false
}
