//go:build !unix

package sqlite

// number is 0: package os does not tell numbers of files here. So a folder that is copied
// with its lock file is not recognised as a copy.
func (id fileID) number() uint64 { return 0 }
