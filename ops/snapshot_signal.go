package ops

import (
	"os"
	"os/signal"

	"ironstar.dev/engine"
)

// saveSnapshotsOnSignal makes an engine save snapshots whenever another process sends
// the signal snapshotSignal. A call of stop ends this.
func saveSnapshotsOnSignal(eng *engine.Engine) (stop func()) {
	if snapshotSignal == nil || eng == nil {
		return func() {}
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, snapshotSignal)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-asked:
				eng.WriteSnapshots()
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(asked)
		close(done)
	}
}
