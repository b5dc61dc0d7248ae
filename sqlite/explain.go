package sqlite

import (
	"fmt"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev"
)

// explainFile is explain, for a file that may have been put back lately.
func explainFile(path string, err error) error {
	if zs.ErrCode(err).ToPrimary() == zs.ResultCorrupt && size(path+"-wal") > 0 {
		return fmt.Errorf("the file is damaged, or the write-ahead log beside it belongs to another: if a backup was put back, move %s-wal and %[1]s-shm away; if not, restore a backup without them: %w", path, err)
	}
	return explain(err)
}

// explain adds advice to an error of SQLite.
func explain(err error) error {
	if err == nil {
		return nil
	}
	advice := ""
	switch zs.ErrCode(err).ToPrimary() {
	case zs.ResultNotADB:
		advice = "the file is not an SQLite database; name another file"
	case zs.ResultCorrupt:
		return fmt.Errorf("%w: %w", ironstar.ErrDamaged, err)
	case zs.ResultBusy:
		advice = "another program keeps the file locked; stop it"
	case zs.ResultCantOpen, zs.ResultPerm:
		advice = "the file cannot be opened; check the permissions of it and of its directory, and how many files this process may have open (ulimit -n)"
	case zs.ResultFull:
		advice = "the disk is full; make room on the disk of the file"
	case zs.ResultReadOnly:
		if halfWritten(err) {
			advice = "a program was killed while it wrote to the file, and what only reads must not repair it; start the server once, which does"
			break
		}
		advice = "the file needs to be recovered but cannot be written; check the permissions of it and of its directory"
	case zs.ResultIOErr:
		if zs.ErrCode(err) == zs.ResultIOErrDelete {
			advice = "what a killed program left beside the file cannot be removed; check the permissions of the directory"
			break
		}
		advice = "the file cannot be read or written; check the disk and its free space, and the limits of the process"
	default:
		return err
	}
	return fmt.Errorf("%s: %w", advice, err)
}
