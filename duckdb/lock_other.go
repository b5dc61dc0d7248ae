//go:build !unix

package duckdb

// held reports whether another process has the file. Elsewhere, a file that another
// process has open can neither be opened nor deleted.
func (f file) held() (bool, error) { return false, nil }
