//go:build unix

package dev

import (
	"os"
	"syscall"
)

// lockFile locks a file until it is closed or the process ends. It returns false
// if another process has locked it.
func lockFile(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
