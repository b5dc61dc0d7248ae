package sqlitetables

import (
	"fmt"
	"os"

	zs "zombiezen.com/go/sqlite"

	"ironstar.dev/query"
)

// lockSuffix names an empty database that is locked while tables are opened or closed, so
// that no two processes make the same file. SQLite's lock works on every system, and ends
// with the process.
const lockSuffix = ".lock"

// lockOpening locks the file until the connection is closed. The error wraps ErrLocked
// if another process has it.
func lockOpening(path string) (*zs.Conn, error) {
	c, err := configured(path+lockSuffix, zs.OpenReadWrite|zs.OpenCreate, "BEGIN EXCLUSIVE")
	if zs.ErrCode(err).ToPrimary() == zs.ResultBusy {
		return nil, fmt.Errorf("%w: %w", query.ErrLocked, err)
	}
	return c, err
}

// closedSuffix names the file that says how the database was when it was closed. It is
// removed when the database is opened. So a file that was changed in between, by
// another program or by a restore, is not believed.
const closedSuffix = ".closed"

// noteClosed writes the state of a closed file.
func noteClosed(path string) error {
	state, err := fileState(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path+closedSuffix, []byte(state), 0o600)
}

// changedSinceClosed reports whether a file has another state than when it was
// closed. It is false if the file was not closed.
func changedSinceClosed(path string) bool {
	noted, err := os.ReadFile(path + closedSuffix)
	if err != nil {
		return false
	}
	state, err := fileState(path)
	return err != nil || state != string(noted)
}

func fileState(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("size %d modified %d\n", info.Size(), info.ModTime().UnixNano()), nil
}
