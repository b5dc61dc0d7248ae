//go:build !unix

package sqlite_test

// fillDisk is for systems that can limit the size of files.
func fillDisk(file string, fromTheStart bool) {}
