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

// metaPath is the import path of the meta-schema, metaFile the name that
// positions inside it carry. No file of a domain can have that name: a folder
// of a domain is never looked for below cue.mod.
const (
	metaPath = "ironstar.dev/schema"
	metaFile = "cue.mod/pkg/ironstar.dev/schema/schema.cue"
)

// MetaSchema is the language that domains are written in, as a CUE file: what
// `ironstar init` writes to cue.mod/pkg/ironstar.dev/schema/schema.cue so that
// editors and `cue vet` find it. The caller owns the bytes.
func MetaSchema() []byte {
	return slices.Clone(metaSchema)
}

// Warnings says what is odd below dir and stops nothing: so far, that the copy
// of the meta-schema in cue.mod/pkg is not the one that Load uses. A missing
// copy is nothing odd.
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

// normalEnds lets a checkout with CRLF line ends count as the same text.
func normalEnds(b []byte) []byte {
	return bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
}

// pathless is an error of package os without the absolute path in it.
func pathless(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}
