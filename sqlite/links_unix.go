//go:build unix

package sqlite

import (
	"os"
	"syscall"
)

// links counts the names (hard links) of a file.
func links(info os.FileInfo) int {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(stat.Nlink)
	}
	return 1
}
