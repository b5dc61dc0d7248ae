package sqlite

import (
	"fmt"

	zs "zombiezen.com/go/sqlite"
)

// explain adds to an error of SQLite what can be done about it.
func explain(err error) error {
	if err == nil {
		return nil
	}
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
