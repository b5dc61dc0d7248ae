//go:build unix

package duckdb

import (
	"io"
	"os"
	"syscall"
)

// held reports whether another process has DuckDB's lock of the file. This process must
// not have it open: a lock of fcntl ends when any descriptor of the file is closed.
func (f file) held() (bool, error) {
	r, err := os.Open(f.path)
	if err != nil {
		return false, err
	}
	defer r.Close()
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(r.Fd(), syscall.F_GETLK, &lock); err != nil {
		return false, err
	}
	return lock.Type != syscall.F_UNLCK, nil
}
