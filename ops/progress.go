package ops

import (
	"fmt"
	"io"
	"time"

	"ironstar.dev/engine"
)

// Progress returns what shows a rebuild on a terminal: one line that is
// rewritten. A rebuild that is done at once shows nothing.
func Progress(out io.Writer) func(engine.Progress) {
	shown := false
	return func(p engine.Progress) {
		switch {
		case !p.Done:
			shown = true
			fmt.Fprintf(out, "\rrebuilding views: %d of %d events, %.0f/s, %v left \x1b[K",
				p.At, p.Head, p.PerSecond, p.Left.Round(time.Second))
		case shown:
			fmt.Fprintf(out, "\rviews rebuilt: %d events, %.0f/s\x1b[K\n", p.Head, p.PerSecond)
		}
	}
}
