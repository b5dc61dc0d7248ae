package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	zs "zombiezen.com/go/sqlite"
)

// fileState is the state of a file that no program had open for writing.
type fileState struct {
	path string
	info os.FileInfo
}

// openReadOnly opens a file for reading in such a way that SQLite writes
// nothing and makes no file next to it. If no program has the file open, SQLite
// is told that the file is immutable; what is then read is valid only if
// unchanged returns true afterwards. If a program has it open, the existing
// index of its write-ahead log is used.
func openReadOnly(path string, settings []pragma) (*zs.Conn, *fileState, error) {
	query, seen, err := readOnlyParameters(path)
	if err != nil {
		return nil, nil, err
	}
	if query == "" {
		c, err := openConn(path, zs.OpenReadOnly, settings)
		return c, nil, err
	}
	c, err := openURI(path, query, settings)
	return c, seen, err
}

// tries is how often something is read that needs a write-ahead log to be recovered,
// a millisecond apart.
const tries = 200

// again calls read again, for a short time, while it fails because the log seems to need a
// recovery. What only reads cannot recover it, and SQLite also says so if another process
// changes the header of the log at that moment.
func again(read func() error) error {
	for n := 1; ; n++ {
		err := read()
		if zs.ErrCode(err) != zs.ResultReadOnlyRecovery || n == tries {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// openURI opens a file for reading with parameters.
func openURI(path, query string, settings []pragma) (*zs.Conn, error) {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") { // C:/
		name = "/" + name
	}
	uri := url.URL{Scheme: "file", Path: name, RawQuery: query}
	return openConn(uri.String(), zs.OpenReadOnly|zs.OpenURI, settings)
}

// readOnlyParameters returns the parameters for opening a file. There are none
// for a half-written file, which SQLite refuses to read without a repair.
func readOnlyParameters(path string) (query string, seen *fileState, err error) {
	if size(path+"-journal") > 0 {
		return "", nil, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", nil, err
	}
	switch wal, index := size(path+"-wal"), size(path+"-shm"); {
	case wal >= 0 && index >= 0:
		return "readonly_shm=1", nil, nil
	case wal > 0:
		return "", nil, fmt.Errorf("%s-wal has no index %[1]s-shm, and a reader must not make one; copy that file too, or start a server on this copy once", path)
	}
	return "immutable=1", &fileState{path, info}, nil
}

// size returns the size of a file, or -1 if it does not exist.
func size(path string) int64 {
	info, err := os.Stat(path)
	switch {
	case err == nil:
		return info.Size()
	case errors.Is(err, fs.ErrNotExist):
		return -1
	}
	return 0 // it exists, and SQLite will report the error
}

// unchanged reports that no program has begun to write since the file was
// opened. A program that writes first makes a write-ahead log or a journal.
func (s *fileState) unchanged() bool {
	if s == nil {
		return true
	}
	info, err := os.Stat(s.path)
	return err == nil && os.SameFile(info, s.info) && info.Size() == s.info.Size() && info.ModTime().Equal(s.info.ModTime()) &&
		size(s.path+"-wal") <= 0 && size(s.path+"-journal") <= 0
}
