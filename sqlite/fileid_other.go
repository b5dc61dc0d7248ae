//go:build !linux

package sqlite

import "os"

// fileID identifies a file for as long as it exists.
type fileID struct{ info os.FileInfo }

// fileIDOf returns the identity of the file at path.
func fileIDOf(path string) (fileID, error) {
	info, err := os.Stat(path)
	return fileID{info}, err
}

func (id fileID) same(other fileID) bool { return os.SameFile(id.info, other.info) }
