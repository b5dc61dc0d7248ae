package ops

import (
	"fmt"
	"io"
	"time"

	"ironstar.dev/engine"
)

// Progress returns a function that shows the progress of a rebuild. On a terminal it
// rewrites one line. Elsewhere it writes a line from time to time. It shows nothing
// for a rebuild that ends at once.
func Progress(out io.Writer) func(engine.Progress) {
	show := newMeter(out, "rebuilding views")
	return func(p engine.Progress) {
		if !p.Done {
			show.show(func() string {
				return fmt.Sprintf("%s: %d of %d events, %.0f/s, %v left", show.what, p.At, p.Head, p.PerSecond, p.Left.Round(time.Second))
			})
			return
		}
		show.clear()
		if show.reported {
			fmt.Fprintf(out, "views rebuilt: %d events, %.0f/s\n", p.Head, p.PerSecond)
		}
	}
}
