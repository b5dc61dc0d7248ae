//go:build unix

package ops

import (
	"os"
	"syscall"
)

// keepSignal asks a server to keep snapshots of all that is new. A process that
// does not know that ignores the signal.
var keepSignal os.Signal = syscall.SIGCONT
