package sqlite

import (
	"fmt"
	"os"
	"strings"
)

// LockedError is returned by [Open] when another process, or another Store of
// this one, owns the file.
type LockedError struct {
	File  string // the lock file
	Owner string // "process 123 on host example"; what the owner wrote into it
}

// Process returns the number of the process that owns the file, if it is one of
// this host.
func (e *LockedError) Process() (pid int, here bool) {
	var owner string
	if n, err := fmt.Sscanf(e.Owner, "process %d on host %s", &pid, &owner); n != 2 || err != nil || pid <= 0 {
		return 0, false
	}
	host, err := os.Hostname()
	return pid, err == nil && host == owner && pid != os.Getpid()
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the file is in use by %s (it holds the lock %s), and only one server can have it; stop that one first, or name another file; programs that only read, such as sqlite3 -readonly, can read beside it", e.Owner, e.File)
}

// fileLock is a lock on <file>.lock that ends with the process. The lock file
// stays when the lock is released: removing it would let two processes lock
// two files of one name.
type fileLock struct{ f *os.File }

// lockFile takes the lock of the database at path, or returns a *LockedError.
func lockFile(path string) (*fileLock, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	held, err := tryLock(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	if held {
		owner := readOwner(f)
		f.Close()
		return nil, &LockedError{File: name, Owner: owner}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	// A note for people. The lock holds without it.
	if err := f.Truncate(0); err == nil {
		fmt.Fprintf(f, "process %d on host %s\n", os.Getpid(), host)
	}
	return &fileLock{f}, nil
}

// OwnerOf names the process that owns the database at path, as far as its lock
// file tells: one that was killed is named, too. Whether it is locked could be
// seen only by locking it, which would be in the way of a server that starts.
func OwnerOf(path string) *LockedError {
	if real, err := resolve(path); err == nil {
		path = real
	}
	return ownerOf(path)
}

// ownerOf says who owns the database at path, as far as its lock file tells.
func ownerOf(path string) *LockedError {
	e := &LockedError{File: path + ".lock", Owner: "another process"}
	if f, err := os.Open(e.File); err == nil {
		e.Owner = readOwner(f)
		f.Close()
	}
	return e
}

// readOwner reads what the owner of a lock wrote about itself.
func readOwner(f *os.File) string {
	var text [256]byte
	n, _ := f.ReadAt(text[:], 0)
	if owner := strings.TrimSpace(string(text[:n])); owner != "" {
		return owner
	}
	return "another process"
}

// release gives the lock up.
func (l *fileLock) release() {
	l.f.Truncate(0) // so that no one reads a name that is out of date
	l.f.Close()
}
