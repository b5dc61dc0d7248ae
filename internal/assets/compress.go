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

// texts are the kinds of files that are worth compressing.
var texts = []string{".js", ".css", ".svg"}

// compressed returns the siblings of a file: name.br, name.gz, name.zst. It
// omits those that would not be smaller by a tenth.
func compressed(f File) ([]File, error) {
	if !slices.Contains(texts, path.Ext(f.Name)) {
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
