package sqlite

import (
	"fmt"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mountedAlone reports whether a file is mounted without its folder, as in some
// containers. Kernels older than 5.8 cannot tell.
func mountedAlone(path string) bool {
	var x unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, 0, &x)
	return err == nil && x.Attributes&unix.STATX_ATTR_MOUNT_ROOT != 0
}

// checkDisk refuses a database in a folder of a network disk.
func checkDisk(path string) error {
	var disk unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(path), &disk); err != nil {
		return err
	}
	return checkDiskType(uint32(disk.Type))
}

// checkDiskType refuses file systems that are known to share a file between
// several machines, each with its own locks or memory.
func checkDiskType(magic uint32) error {
	name := ""
	switch magic {
	case unix.NFS_SUPER_MAGIC:
		name = "NFS"
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC:
		name = "SMB"
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		name = "AFS"
	case unix.CODA_SUPER_MAGIC:
		name = "Coda"
	case unix.NCP_SUPER_MAGIC:
		name = "NCP"
	default:
		return nil
	}
	return fmt.Errorf("the folder is on a network disk (%s): two machines could write to the file at once, and the index of SQLite's write-ahead log is memory that they do not share; use a disk of this machine", name)
}
