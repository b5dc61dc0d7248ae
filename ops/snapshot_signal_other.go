//go:build !unix

package ops

import "os"

// snapshotSignal does not exist on this system, so compare uses the stored snapshots.
var snapshotSignal os.Signal
