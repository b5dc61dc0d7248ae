package dev

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Names of the folder for binaries, and of the file in it that is locked as long
// as its process lives.
const (
	folderPrefix = "ironstar-dev-"
	lockName     = "lock"
)

// folder is a temporary folder for the binaries of one run.
type folder struct {
	path string
	lock *os.File
}

// newFolder makes a folder, and removes those that killed processes left.
func newFolder() (*folder, error) {
	removeLeft(os.TempDir())
	path, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, fmt.Errorf("make a folder for the binary: %w", err)
	}
	lock, err := os.Create(filepath.Join(path, lockName))
	if err == nil && !lockFile(lock) {
		err = errors.New("somebody else has locked it")
	}
	if err != nil {
		return nil, fmt.Errorf("lock the folder for the binary: %w", errors.Join(err, os.RemoveAll(path)))
	}
	return &folder{path, lock}, nil
}

// removeLeft removes folders that no process has locked.
func removeLeft(in string) {
	found, _ := filepath.Glob(filepath.Join(in, folderPrefix+"*")) // the pattern is fine
	for _, path := range found {
		lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
		if err != nil {
			continue // another user's, or one that is just being made
		}
		if lockFile(lock) {
			_ = os.RemoveAll(path) // the next run tries again
		}
		lock.Close()
	}
}

// close removes the folder.
func (f *folder) close() error {
	return errors.Join(os.RemoveAll(f.path), f.lock.Close())
}
