package sqlite

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// LockedError is returned by [Open] when another process, or another Store of
// this one, owns the file.
type LockedError struct {
	File  string // the lock file
	Owner string // "process 123 on host example"; as the owner wrote it

	process processID // zero if the lock file has none
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("the file is in use by %s (it holds the lock %s), and only one server can own it; stop that one first, or name another file; programs that only read, such as sqlite3 -readonly, can open it meanwhile", e.Owner, e.File)
}

// unnamed is the owner if the lock file does not name it.
const unnamed = "another process"

// named reports whether the lock file names the owner.
func (e *LockedError) named() bool { return e.Owner != unnamed }

// processID identifies a process together with its number, which is used again
// after its end, and which processes of other machines and containers have too.
type processID struct {
	boot      string // of the machine
	namespace string // of process numbers
	started   string // start time from the system, relative to that boot
}

// String returns the text for the lock file; parseProcessID reads it.
func (p processID) String() string {
	if p == (processID{}) {
		return ""
	}
	return fmt.Sprintf("started %s in %s of boot %s", p.started, p.namespace, p.boot)
}

func parseProcessID(line string) (p processID) {
	if n, err := fmt.Sscanf(line, "started %s in %s of boot %s", &p.started, &p.namespace, &p.boot); n != 3 || err != nil {
		return processID{}
	}
	return p
}

// describeOwner returns what this process writes about itself.
func describeOwner() (owner string, id processID) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	id, err = identifyProcess(os.Getpid())
	if err != nil { // without an id no other process will signal it
		id = processID{}
	}
	return fmt.Sprintf("process %d on host %s", os.Getpid(), host), id
}

// Process returns the process that owns the file. The caller may signal it, and
// releases it. The error says why the process cannot be identified for certain:
// the owner may be on another machine or in another container, or it may have
// ended, and another process may have its number now.
func (e *LockedError) Process() (*os.Process, error) {
	pid := 0
	if n, err := fmt.Sscanf(e.Owner, "process %d on", &pid); n != 1 || err != nil || pid <= 0 {
		return nil, errors.New("its lock file does not say which process it is")
	}
	if e.process == (processID{}) {
		return nil, errors.New("its lock file does not say when it started, so that another process could have its number now")
	}
	self, err := identifyProcess(os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("this system does not prove which process it is: %w", err)
	}
	if e.process.boot != self.boot || e.process.namespace != self.namespace {
		return nil, errors.New("it runs on another machine or in another container, or ended before this machine was started")
	}
	if pid == os.Getpid() {
		return nil, errors.New("it is this process")
	}
	// The handle is taken before the check, because it stays with one process.
	p, err := os.FindProcess(pid)
	if err != nil {
		return nil, err
	}
	if now, err := identifyProcess(pid); err != nil || now != e.process {
		p.Release()
		return nil, errors.New("it has ended")
	}
	return p, nil
}

// OwnerOf returns the owner of the database at path according to the lock file.
// It may have been killed: to see that, OwnerOf would have to take the lock, which
// could make a server that is just starting fail.
func OwnerOf(path string) *LockedError {
	if real, err := resolve(path); err == nil {
		path = real
	}
	return ownerOf(path)
}

// ownerOf is OwnerOf for a resolved path.
func ownerOf(path string) *LockedError {
	name := path + ".lock"
	f, err := os.Open(name)
	if err != nil {
		return lockedBy(name, "")
	}
	defer f.Close()
	return lockedBy(name, lockText(f))
}

// lockedBy returns the error for the text of a lock file.
func lockedBy(name, text string) *LockedError {
	owner, rest, _ := strings.Cut(text, "\n")
	if !strings.HasPrefix(owner, "process ") {
		return &LockedError{File: name, Owner: unnamed}
	}
	process, _, _ := strings.Cut(rest, "\n")
	return &LockedError{File: name, Owner: strings.TrimSpace(owner), process: parseProcessID(process)}
}
