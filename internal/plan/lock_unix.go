//go:build unix

package plan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lock prevents two runs on one schema at the same time. It locks the schema's
// folder, which leaves no file behind, and the system releases the lock when a
// run is killed. It waits until ctx ends.
func lock(ctx context.Context, root *os.Root, schema string) (unlock func(), err error) {
	dir, err := root.Open(schema)
	if err != nil {
		return nil, explain("open", schema, err)
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := unix.Flock(int(dir.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return func() { dir.Close() }, nil
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			select {
			case <-ctx.Done():
				dir.Close()
				return nil, fmt.Errorf("wait for another run on %s: %w", schema, ctx.Err())
			case <-tick.C:
			}
		default: // a network file system without locks: continue without
			return func() { dir.Close() }, nil
		}
	}
}
