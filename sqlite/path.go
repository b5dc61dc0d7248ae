package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

const (
	// maxPath is how long a path may be, in bytes. SQLite's Unix layer takes 512
	// with eight to spare, and a database in the making has four more.
	maxPath = 512 - 8 - len(".new")

	// maxName is how long the last part may be: file systems take 255 bytes.
	maxName = 255 - len(".new-journal")

	// maxLinks is how many symbolic links are followed, as many as Linux does.
	maxLinks = 40
)

// resolve makes a path absolute and follows symbolic links, so that a file has
// one lock and one write-ahead log by all its names. It also follows a link to a
// file that does not exist yet, as SQLite does: the file is made there.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("no file name given")
	}
	given := path
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	for range maxLinks {
		real, err := filepath.EvalSymlinks(path)
		if err == nil {
			return real, checkLength(real)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		dir, err := filepath.EvalSymlinks(filepath.Dir(path))
		if err != nil {
			return "", fmt.Errorf("the directory of %s cannot be used, make it first: %w", path, err)
		}
		path = filepath.Join(dir, filepath.Base(path))
		target, err := os.Readlink(path)
		if err != nil { // not a link
			return path, checkLength(path)
		}
		if !filepath.IsAbs(target) {
			target = filepath.Join(dir, target)
		}
		path = target
	}
	return "", fmt.Errorf("%s leads through more than %d symbolic links", given, maxLinks)
}

// checkLength refuses a path that is too long for SQLite. SQLite would only
// report that the file cannot be opened.
func checkLength(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	if n := len(path); n > maxPath {
		return fmt.Errorf("the path %s has %d bytes, and SQLite takes up to %d; choose a shorter one", path, n, maxPath)
	}
	if n := len(filepath.Base(path)); n > maxName {
		return fmt.Errorf("the file name %s has %d bytes, and may have up to %d, since names of other files are made from it; choose a shorter one", filepath.Base(path), n, maxName)
	}
	return nil
}
