//go:build (!unix && !windows) || solaris || aix

package sqlite

import (
	"errors"
	"os"
)

// tryLock refuses: without a lock nothing would exclude a second server.
func tryLock(*os.File) (held bool, err error) {
	return false, errors.New("this operating system has no lock that Ironstar can use")
}
