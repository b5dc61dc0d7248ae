package sqlite

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// lockedByte is the byte of a database that its owner locks. SQLite's own locks
// begin at 0x40000000 (https://www.sqlite.org/fileformat.html#the_lock_byte_page).
// The file need not be that long.
const lockedByte = 0x40000000 - 1

// inodeUse is how this process uses a database file.
type inodeUse struct {
	id     fileID
	users  int        // stores and readers
	opened []*os.File // closed when there is no user left
	locked bool
}

// inodes are the databases that this process has open. This is a package variable
// because the kernel's rule is about the process: when a process closes any
// descriptor of a file, the kernel drops all POSIX locks of that process on the
// file, including SQLite's. Another program would then find the write-ahead log
// unused, and delete it.
var inodes struct {
	sync.Mutex
	used map[fileID]*inodeUse
}

// useInode registers that SQLite has the file at path open, until release.
func useInode(path string) (*inodeUse, error) {
	id, err := fileIDOf(path)
	if err != nil {
		return nil, err
	}
	inodes.Lock()
	defer inodes.Unlock()
	u := inodes.used[id]
	if u == nil {
		u = &inodeUse{id: id}
		if inodes.used == nil {
			inodes.used = map[fileID]*inodeUse{}
		}
		inodes.used[id] = u
	}
	u.users++
	return u, nil
}

// release ends a use. The holder of the lock calls unlock first.
func (u *inodeUse) release() {
	inodes.Lock()
	defer inodes.Unlock()
	if u.users--; u.users > 0 {
		return
	}
	for _, f := range u.opened {
		f.Close()
	}
	delete(inodes.used, u.id)
}

// open opens the file until its last user releases it.
func (u *inodeUse) open(path string, flag int) (*os.File, error) {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return nil, err
	}
	u.opened = append(u.opened, f)
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fileIDOfInfo(info) != u.id {
		return nil, errors.New("the file was replaced while it was opened; try again")
	}
	return f, nil
}

// byteAt reads one byte of the file, without its write-ahead log.
func (u *inodeUse) byteAt(path string, at int64) (byte, error) {
	inodes.Lock()
	defer inodes.Unlock()
	f, err := u.open(path, os.O_RDONLY)
	if err != nil {
		return 0, err
	}
	var b [1]byte
	_, err = f.ReadAt(b[:], at)
	return b[0], err
}

// lock locks the file itself, or reports that another server holds the lock.
//
// The lock belongs to the open file description (F_OFD_SETLK): closing another
// descriptor does not lift it. It is not a flock: some file systems treat a flock
// as a POSIX lock of the whole file, which would conflict with SQLite's.
func (u *inodeUse) lock(path string) (held bool, err error) {
	inodes.Lock()
	defer inodes.Unlock()
	if u.locked {
		return true, nil
	}
	f, err := u.open(path, os.O_RDWR)
	if err != nil {
		return false, err
	}
	held, err = lockByte(f, unix.F_WRLCK)
	if err != nil {
		return false, fmt.Errorf("lock the file: %w; put it on a disk that has locks", err)
	}
	u.locked = !held
	return held, nil
}

// held reports that a server owns the file, by any name.
func (u *inodeUse) held(path string) (bool, error) {
	inodes.Lock()
	defer inodes.Unlock()
	if u.locked {
		return true, nil
	}
	f, err := u.open(path, os.O_RDONLY)
	if err != nil {
		return false, err
	}
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: lockedByte, Len: 1}
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &lock)
	return lock.Type != unix.F_UNLCK, err
}

// unlock releases the lock.
func (u *inodeUse) unlock() {
	inodes.Lock()
	defer inodes.Unlock()
	u.locked = false
	for _, f := range u.opened {
		_, _ = lockByte(f, unix.F_UNLCK) // if it fails, closing f does it
	}
}

// lockByte sets or lifts the lock of the byte, or reports that another open file
// description holds it.
func lockByte(f *os.File, kind int16) (held bool, err error) {
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Start: lockedByte, Len: 1})
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EACCES) {
		return true, nil
	}
	return false, err
}

// lockTurn prevents other processes from taking over the file at path at the
// same time, until the result is closed. It locks a byte of the lock file,
// which does not conflict with the owner's flock.
func lockTurn(path string) (io.Closer, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	held, err := lockByte(f, unix.F_WRLCK)
	if err == nil && held {
		err = errors.New("another process is just taking over")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
