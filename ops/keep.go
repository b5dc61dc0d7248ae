package ops

import (
	"os"
	"os/signal"

	"ironstar.dev/engine"
)

// keepWhenAsked has an engine keep snapshots whenever another process asks for
// it, until it is stopped.
func keepWhenAsked(eng *engine.Engine) (stop func()) {
	if keepSignal == nil || eng == nil {
		return func() {}
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, keepSignal)
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-asked:
				eng.KeepSnapshots()
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
