package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	zs "zombiezen.com/go/sqlite"
)

// applicationID marks a file as an Ironstar log: "IRNS", in the field that
// SQLite's header has for this.
const applicationID = 0x49524e53

// Errors of readers of a log that does not exist yet.
var (
	errNoFile  = errors.New("there is no such file; a server makes it when it starts")
	errNoStore = errors.New("the file is empty; a server makes a log in it when it starts")
)

// isEmpty reports whether the file does not exist or has zero bytes. It refuses
// anything but a regular file.
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

// noOrphan refuses to make a new log next to files that another database has
// left: a write-ahead log, which may hold events, or a rollback journal, which
// SQLite would roll back into the new log.
func noOrphan(path string) error {
	for _, end := range []string{"-wal", "-journal"} {
		info, err := os.Stat(path + end)
		if err == nil && info.Size() > 0 {
			return fmt.Errorf("the database is missing or empty but %s%s is not: put the database back that it belongs to; if a backup was put back, or to begin a new log, move that file away, %[1]s-shm and %[1]s.lock too", path, end)
		}
	}
	return nil
}

// recognize refuses a file that a writer cannot use. It accepts a file that
// does not exist or is empty, and writes nothing. A killed program may leave a
// half-written file, which cannot be read without a repair. If its header is
// that of a log, it is accepted unchecked, and repair checks it.
func recognize(path string) (checked bool, err error) {
	if err := checkPlace(path); err != nil {
		return false, err
	}
	empty, err := isEmpty(path)
	if empty || err != nil {
		return false, err
	}
	if err := writable(path); err != nil {
		return false, err
	}
	err = checkFile(path, zs.OpenReadOnly, markOf(path))
	if halfWritten(err) {
		return false, checkHeader(path)
	}
	return err == nil, err
}

// repair checks a file again after its lock was taken: another server may have
// made or changed it, or a killed program may have left it half written.
// Opening it for writing rolls the unfinished transaction back.
func repair(path string, m mark) error {
	checked, err := recognize(path)
	if checked || err != nil {
		return err
	}
	return checkFile(path, zs.OpenReadWrite, m)
}

// checkPlace refuses a file if a lock would not exclude other servers, or if its
// write-ahead log could be in another folder.
func checkPlace(path string) error {
	if err := checkDisk(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil || !info.Mode().IsRegular():
		return nil // isEmpty reports any error
	case links(info) > 1:
		return fmt.Errorf("the file has %d names (hard links), and SQLite would keep a write-ahead log for each; remove the others (find -samefile shows them), or use a copy", links(info))
	case mountedAlone(path):
		return errors.New("the file is mounted alone, without its folder, so that its write-ahead log would not lie beside it; mount the folder")
	}
	return nil
}

// checkReadable refuses a name by which only a part of the log could be read,
// because a server has the file by another name and its write-ahead log is there.
func checkReadable(path string, use *inodeUse) error {
	info, err := os.Stat(path)
	if err != nil || links(info) == 1 && !mountedAlone(path) {
		return err
	}
	held, err := use.held(path)
	if err == nil && held {
		err = errors.New("a server has this file, which has several names (hard links) or is mounted alone; read it by the name that the server has, from its folder")
	}
	return err
}

// writable refuses a write-protected file, also for root, who could write to
// it.
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

// checkFile refuses a file that is not a log, or that lacks something that the
// mark mentions. It changes nothing, unless flags allow SQLite to repair a
// half-written file.
func checkFile(path string, flags zs.OpenFlags, m mark) error {
	if err := m.checkAlone(path); err != nil {
		return err
	}
	c, err := openConn(path, flags, nil)
	if err != nil {
		return explainFile(path, err)
	}
	defer c.Close()
	if _, err = checkConn(c); err != nil {
		return explainFile(path, err)
	}
	return explainFile(path, m.checkHead(path, c))
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
