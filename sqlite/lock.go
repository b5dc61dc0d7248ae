package sqlite

import (
	"errors"
	"fmt"
	"os"
)

// errOtherName means that another server owns the file under another name,
// which has another lock file.
var errOtherName = errors.New("another server has this file by another name (it was moved, linked or mounted there): stop that one first, or use its name")

// fileLock is the ownership of a database by this process. It ends with the
// process.
//
// It has two locks. The lock on <file>.lock is taken before the database is
// touched; the text of that file says who holds it. The lock on the database
// itself excludes a server that has the database by another name.
//
// The lock file is not removed when the lock is released: otherwise two processes
// could lock two files of the same name.
type fileLock struct {
	f     *os.File
	inode *inodeUse // of the database; nil until it is locked
	home  home      // what the last owner left, then what this one has
	mark  mark      // the mark of the last owner, then of this one
	at    int64     // where the head of the mark is in f
}

// lockFile takes the lock of the name of the database at path, or returns a
// *LockedError.
func lockFile(path string) (*fileLock, error) {
	name := path + ".lock"
	f, err := openLock(name)
	if err != nil {
		return nil, err
	}
	held, err := tryLock(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w; put the file on a disk that has locks", name, err)
	}
	if held {
		text := lockText(f)
		f.Close()
		return nil, lockedBy(name, text)
	}
	before := lockText(f)
	l := &fileLock{f: f, home: parseHome(before), mark: parseMark(before)}
	if err := l.verify(name); err != nil {
		l.release()
		return nil, err
	}
	l.write()
	return l, nil
}

func openLock(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	return f, nil
}

// verify refuses a file system that grants the lock a second time.
func (l *fileLock) verify(name string) error {
	f, err := openLock(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if held, err := tryLock(f); err != nil || !held {
		return fmt.Errorf("the file system grants the lock %s twice (%v); put the file on a disk that has locks", name, err)
	}
	return nil
}

// lockDatabase takes the lock of the database itself, which must exist.
func (l *fileLock) lockDatabase(path string) error {
	use, err := useInode(path)
	if err != nil {
		return err
	}
	held, err := use.lock(path)
	if held {
		err = errOtherName
	}
	if err != nil {
		use.release()
		return err
	}
	l.inode = use
	return nil
}

// write writes the owner and the mark. Errors are ignored: the lock is valid
// without the text, and a missing mark only means that nothing is compared.
func (l *fileLock) write() {
	owner, process := describeOwner()
	mark := l.mark.String()
	text := owner + "\n" + process.String() + "\n" + l.home.String() + mark
	l.at = int64(len(text) - headDigits - len("\n"))
	l.replace(text)
}

// replace overwrites the text before it truncates it, so that a kill leaves a mark.
func (l *fileLock) replace(text string) {
	if _, err := l.f.WriteAt([]byte(text), 0); err == nil {
		l.f.Truncate(int64(len(text)))
	}
}

// lockText reads the text that the owner of a lock wrote.
func lockText(f *os.File) string {
	var text [1024]byte
	n, _ := f.ReadAt(text[:], 0)
	return string(text[:n])
}

// release releases the locks. It leaves the mark for the next owner.
func (l *fileLock) release() {
	text := l.home.String() + l.mark.String()
	if text != "" {
		text = "nobody\n\n" + text
	}
	l.replace(text)
	if l.inode != nil {
		l.inode.unlock()
		l.inode.release()
	}
	l.f.Close()
}
