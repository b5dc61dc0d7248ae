package cueload

import (
	"bytes"
	_ "embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"ironstar.dev/internal/model"
)

//go:embed schema.cue
var metaSchema []byte

// metaPath is the import path of the meta-schema. metaFile is the file name in
// its positions. No file of a domain can have that name, because folders below
// cue.mod are not read.
const (
	metaPath = "ironstar.dev/schema"
	metaFile = "cue.mod/pkg/ironstar.dev/schema/schema.cue"
)

// MetaSchema returns the language that domains are written in, as a CUE file.
// `ironstar init` writes it to cue.mod/pkg/ironstar.dev/schema/schema.cue for
// editors and `cue vet`. The caller owns the bytes.
func MetaSchema() []byte {
	return slices.Clone(metaSchema)
}

// Warnings lists what is suspicious below dir and is not an error. So far that
// is a copy of the meta-schema in cue.mod/pkg that differs from the one that
// Load uses. A missing copy is fine.
func Warnings(dir string) Errors {
	have, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(metaFile)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	w := &Error{Code: codeStaleCopy, Pos: model.Pos{File: metaFile, Line: 1, Col: 1}, Width: 1, Hint: "ironstar init writes it anew"}
	switch {
	case err != nil:
		w.Message = "the copy of the meta-schema cannot be read: " + pathless(err)
	case !bytes.Equal(normalEnds(have), metaSchema):
		w.Message = "the copy of the meta-schema is from another version of ironstar, or was edited: editors and cue vet read it, ironstar does not"
	default:
		return nil
	}
	return Errors{w}
}

// normalEnds converts CRLF to LF, so that a checkout with CRLF counts as the
// same text.
func normalEnds(b []byte) []byte {
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// pathless returns the text of an error of package os without the absolute
// path.
func pathless(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
