//go:build unix && !linux

package sqlite

import "syscall"

// number tells files apart that exist at the same time on one disk.
func (id fileID) number() uint64 {
	if id.info == nil {
		return 0
	}
	if stat, ok := id.info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Ino)
	}
	return 0
}
