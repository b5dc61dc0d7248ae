package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	zs "zombiezen.com/go/sqlite"
)

// applicationID marks a file as a log of Ironstar: "IRNS", in the field of
// SQLite's header that is there for it.
const applicationID = 0x49524e53

// errNoStore says that there is nothing to read.
var errNoStore = errors.New("there is no store in the file; a server makes one when it opens it")

// resolve makes a path absolute and follows links, so that one file has one
// lock, whatever it is called by.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("no file name given")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(path)
	if err == nil {
		return real, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return "", fmt.Errorf("the directory of %s cannot be used, make it first: %w", path, err)
	}
	return filepath.Join(dir, filepath.Base(path)), nil
}

// isEmpty reports whether there is no file yet or one of zero bytes, and
// refuses what is not a regular file.
func isEmpty(path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, noOrphan(path)
	case err != nil:
		return false, err
	case info.IsDir():
		return false, errors.New("is a directory; name a file in it")
	case !info.Mode().IsRegular():
		return false, fmt.Errorf("is not a regular file (%s)", info.Mode().Type())
	case info.Size() == 0:
		return true, noOrphan(path)
	}
	return false, nil
}

// noOrphan refuses to begin a new log beside the write-ahead log of another.
func noOrphan(path string) error {
	info, err := os.Stat(path + "-wal")
	if err != nil || info.Size() == 0 {
		return nil
	}
	return fmt.Errorf("the database is missing or empty but %s-wal is not; restore both from a backup, or delete that file too", path)
}

// recognize refuses a file that a writer cannot use. No file, or an empty one,
// will do.
func recognize(path string) error {
	empty, err := isEmpty(path)
	if empty || err != nil {
		return err
	}
	if err := writable(path); err != nil {
		return err
	}
	_, err = checkFile(path)
	return err
}

// writable refuses a file that is write-protected, also when asked by root,
// who could write to it all the same.
func writable(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o222 == 0 {
		return fmt.Errorf("the file is read-only (%s); make it writable", info.Mode())
	}
	return nil
}

// checkFile recognizes a log and returns its id. It opens the file read-only.
func checkFile(path string) (logID string, err error) {
	c, err := openConn(path, zs.OpenReadOnly, nil)
	if err != nil {
		return "", explain(err)
	}
	defer c.Close()
	logID, err = checkConn(c)
	return logID, explain(err)
}

func checkConn(c *zs.Conn) (string, error) {
	id, err := queryText(c, "PRAGMA application_id")
	if err != nil {
		return "", err
	}
	if id != strconv.Itoa(applicationID) {
		return "", fmt.Errorf("the file is a database of another application (application_id %s, want %d); name another file", id, applicationID)
	}
	if err := checkMigrations(c); err != nil {
		return "", err
	}
	logID, err := queryText(c, sqlLogID)
	if err == nil && logID == "" {
		err = errors.New("the log has no id; restore the file from a backup")
	}
	if err != nil {
		return "", err
	}
	_, err = queryText(c, sqlHead)
	return logID, err
}

// explain adds to an error of SQLite what can be done about it.
func explain(err error) error {
	advice := ""
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultNotADB:
		advice = "the file is not an SQLite database; name another file"
	case zs.ResultCorrupt:
		advice = "the file is damaged; restore it from a backup"
	case zs.ResultBusy:
		advice = "another program keeps the file locked; stop it"
	case zs.ResultCantOpen, zs.ResultPerm:
		advice = "the file cannot be opened; check the permissions of it and of its directory"
	case zs.ResultReadOnly:
		advice = "the file needs to be recovered but cannot be written; check the permissions of it and of its directory"
	case zs.ResultIOErr:
		advice = "the file cannot be read; check the disk"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", advice, err)
}
