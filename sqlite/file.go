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

// That there is nothing to read.
var (
	errNoFile  = errors.New("there is no such file; a server makes it when it starts")
	errNoStore = errors.New("the file is empty; a server makes a log in it when it starts")
)

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

// noOrphan refuses to begin a new log beside what belongs to another: its
// write-ahead log may hold events, and SQLite would roll its rollback journal
// back into the new one.
func noOrphan(path string) error {
	for _, end := range []string{"-wal", "-journal"} {
		info, err := os.Stat(path + end)
		if err == nil && info.Size() > 0 {
			return fmt.Errorf("the database is missing or empty but %s%s is not; restore both from a backup, or delete that file too", path, end)
		}
	}
	return nil
}

// recognize refuses a file that a writer cannot use. No file, or an empty one,
// will do. It writes nothing. What a killed program left half written cannot be
// read without repairing it; if its header is a log's, it is neither refused
// nor checked, and repair does the rest.
func recognize(path string) (checked bool, err error) {
	empty, err := isEmpty(path)
	if empty || err != nil {
		return false, err
	}
	if err := writable(path); err != nil {
		return false, err
	}
	_, err = checkFile(path, zs.OpenReadOnly)
	if halfWritten(err) {
		return false, checkHeader(path)
	}
	return err == nil, err
}

// repair checks a file that could not be checked before its lock was taken:
// another server made it meanwhile, or a killed program left it half written.
// The lock must be held: opening for writing rolls the half back.
func repair(path string) error {
	checked, err := recognize(path)
	if checked || err != nil {
		return err
	}
	_, err = checkFile(path, zs.OpenReadWrite)
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

// checkFile recognizes a log and returns its id. It changes nothing, unless
// flags allow SQLite to repair what a killed program left.
func checkFile(path string, flags zs.OpenFlags) (logID string, err error) {
	c, err := openConn(path, flags, nil)
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
		return "", notOurs(id)
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
