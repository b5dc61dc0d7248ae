package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	zs "zombiezen.com/go/sqlite"
)

// still is what was seen of a file to which nobody was writing.
type still struct {
	path string
	info os.FileInfo
}

// openQuiet opens a file for reading such that SQLite writes nothing, beside it
// neither. Where nobody has the file open, that means to tell SQLite that nobody
// will: what was read is right only if unchanged still says so afterwards. Where
// somebody has, the index of the write-ahead log is used as it is.
func openQuiet(path string, settings []pragma) (*zs.Conn, *still, error) {
	query, seen, err := quietly(path)
	if err != nil {
		return nil, nil, err
	}
	if query == "" {
		c, err := openConn(path, zs.OpenReadOnly, settings)
		return c, nil, err
	}
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") { // C:/
		name = "/" + name
	}
	uri := url.URL{Scheme: "file", Path: name, RawQuery: query}
	c, err := openConn(uri.String(), zs.OpenReadOnly|zs.OpenURI, settings)
	return c, seen, err
}

// quietly returns the parameters with which a file is opened, none for one that
// was left half written, which SQLite refuses to read without repair.
func quietly(path string) (query string, seen *still, err error) {
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
		return "", nil, fmt.Errorf("%s-wal was left without its index %[1]s-shm, and what only reads must not make one; copy that file too, or start the server once", path)
	}
	return "immutable=1", &still{path, info}, nil
}

// size of a file, -1 for none.
func size(path string) int64 {
	info, err := os.Stat(path)
	switch {
	case err == nil:
		return info.Size()
	case errors.Is(err, fs.ErrNotExist):
		return -1
	}
	return 0 // it is there, and SQLite will say what is wrong with it
}

// unchanged says whether nobody has begun to write since. Whoever writes makes a
// write-ahead log or a journal first.
func (s *still) unchanged() bool {
	if s == nil {
		return true
	}
	info, err := os.Stat(s.path)
	return err == nil && os.SameFile(info, s.info) && info.Size() == s.info.Size() && info.ModTime().Equal(s.info.ModTime()) &&
		size(s.path+"-wal") <= 0 && size(s.path+"-journal") <= 0
}
