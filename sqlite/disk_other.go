//go:build !linux

package sqlite

// mountedAlone is explained in disk_linux.go.
func mountedAlone(string) bool { return false }

// checkDisk is explained in disk_linux.go.
func checkDisk(string) error { return nil }
