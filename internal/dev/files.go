package dev

import (
	"crypto/sha256"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// kind says which stages a file is an input of.
type kind int

const (
	ignored kind = iota
	cueFile
	sqlFile // of queries; Go code may embed other SQL
	templFile
	assetFile // TypeScript, CSS, and what they import
	goFile    // also everything else, which Go code may embed
)

// ignoredFolders are not watched, wherever they are.
var ignoredFolders = map[string]bool{"node_modules": true, "vendor": true, "testdata": true, "bin": true, "data": true}

// ignoresFolder says whether a folder is not watched. rel is its path from the
// project's folder, with slashes. Nested modules are not part of the build.
func ignoresFolder(root, rel string) bool {
	name := path.Base(rel)
	if rel == "." {
		return false
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || ignoredFolders[name] || rel == "static/dist" {
		return true
	}
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(rel), "go.mod"))
	return err == nil
}

// kindOf returns what a file is. rel is its path from the project's folder, with
// slashes.
func kindOf(rel string) kind {
	name := path.Base(rel)
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") || strings.HasSuffix(name, "~") || strings.HasSuffix(name, "_test.go") {
		return ignored
	}
	switch path.Ext(name) {
	case ".swp", ".swx", ".tmp", ".bak", ".orig", ".md", ".db", ".lock":
		return ignored
	case ".cue":
		return cueFile
	case ".sql":
		return sqlFile
	case ".templ":
		return templFile
	case ".ts", ".css":
		return assetFile
	case ".js", ".mjs", ".svg":
		if strings.HasPrefix(rel, "web/") {
			return assetFile
		}
	case ".json":
		if name == "ironstar.gen.json" { // follows from the schema
			return ignored
		}
		if rel == "package.json" || rel == "package-lock.json" || rel == "tsconfig.json" {
			return assetFile
		}
	}
	return goFile
}

// digests has the content of each file as it was last seen. A file that was saved
// without a change, or written by a stage, is no change.
type digests map[string][sha256.Size]byte

// maxFile is the size in bytes of the largest file that is compared by its content.
const maxFile = 32 << 20

// changed reports whether a file differs from what was last seen, and remembers it.
func (d digests) changed(root, rel string) bool {
	was, known := d[rel]
	now, there := digestOf(filepath.Join(root, filepath.FromSlash(rel)))
	if !there {
		delete(d, rel)
		return known
	}
	d[rel] = now
	return !known || was != now
}

func digestOf(name string) (sum [sha256.Size]byte, there bool) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() {
		return sum, false
	}
	if info.Size() > maxFile {
		return sha256.Sum256([]byte(info.ModTime().String())), true
	}
	text, err := os.ReadFile(name)
	return sha256.Sum256(text), err == nil
}

// walk calls folder and file with the path of each that is watched, from a folder
// of the project on. Paths are from the project's folder, with slashes.
func walk(root, from string, folder, file func(rel string)) error {
	return filepath.WalkDir(filepath.Join(root, filepath.FromSlash(from)), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it is gone, or cannot be read: the stages say so
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && ignoresFolder(root, rel):
			return filepath.SkipDir
		case d.IsDir():
			folder(rel)
		case kindOf(rel) != ignored:
			file(rel)
		}
		return nil
	})
}
