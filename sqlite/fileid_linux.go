package sqlite

import (
	"errors"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// fileID identifies a file by all its names and mounts, for as long as it exists.
type fileID struct{ dev, ino uint64 }

// fileIDOf returns the identity of the file at path. It does not ask for times:
// after the time of a file was read, the next write sets an exact time (Linux
// 6.13), and a sync has to write that to the disk too. With os.Stat after each
// commit, a sync of the write-ahead log took a third longer.
func fileIDOf(path string) (fileID, error) {
	var s unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO, &s)
	for errors.Is(err, unix.EINTR) {
		err = unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO, &s)
	}
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) { // an old kernel, or a sandbox without this call
		info, err := os.Stat(path)
		if err != nil {
			return fileID{}, err
		}
		return fileIDOfInfo(info), nil
	}
	if err != nil {
		return fileID{}, &os.PathError{Op: "statx", Path: path, Err: err}
	}
	return fileID{unix.Mkdev(s.Dev_major, s.Dev_minor), s.Ino}, nil
}

func fileIDOfInfo(info os.FileInfo) fileID {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok { // package os makes nothing else on Linux
		return fileID{}
	}
	return fileID{uint64(stat.Dev), stat.Ino}
}

// number tells files apart that exist at the same time on one disk.
func (id fileID) number() uint64 { return id.ino }

func (id fileID) same(other fileID) bool { return id == other }
