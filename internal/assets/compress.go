package assets

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressible are the kinds of files that are worth compressing.
var compressible = []string{".js", ".css", ".svg", ".wasm"}

// mostForBrotli is the size in bytes up to which files are compressed with brotli at its
// best. For a database of 36 MB that would take minutes, and zstd is almost as short.
const mostForBrotli = 4 << 20

// compressed returns the siblings of a file: name.br, name.gz, name.zst. It
// omits those that would not be smaller by a tenth, and name.br of a large file.
func compressed(f File) ([]File, error) {
	if !slices.Contains(compressible, path.Ext(f.Name)) {
		return nil, nil
	}
	encoders := []struct {
		ext string
		to  func(io.Writer) (io.WriteCloser, error)
	}{
		{".br", func(w io.Writer) (io.WriteCloser, error) {
			return brotli.NewWriterLevel(w, brotli.BestCompression), nil
		}},
		{".gz", func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) }},
		{".zst", func(w io.Writer) (io.WriteCloser, error) {
			return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
		}},
	}
	if len(f.Data) > mostForBrotli {
		encoders = encoders[1:]
	}
	var siblings []File
	for _, e := range encoders {
		var small bytes.Buffer
		w, err := e.to(&small)
		if err == nil {
			_, err = w.Write(f.Data)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			return nil, fmt.Errorf("compress %s to %s: %w", f.Name, e.ext, err)
		}
		if small.Len() < len(f.Data)*9/10 {
			siblings = append(siblings, File{f.Name + e.ext, small.Bytes()})
		}
	}
	return siblings, nil
}
