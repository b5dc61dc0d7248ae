//go:build unix

package ops

import (
	"os"
	"syscall"
)

// snapshotSignal asks a server to save snapshots of all new states. A process that
// does not handle SIGCONT ignores it.
var snapshotSignal os.Signal = syscall.SIGCONT
