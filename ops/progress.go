package ops

import (
	"fmt"
	"io"
	"time"

	"ironstar.dev/engine"
)

// working says what a start does while it works and when it is done.
var working = map[engine.Work]struct{ now, done string }{
	engine.RebuildViews:  {"rebuilding views", "views rebuilt"},
	engine.RestoreClaims: {"reading values that must be unique", "values that must be unique are read"},
}

// Progress returns a function that shows the progress of what a start does with the
// log. On a terminal it rewrites one line. Elsewhere it writes a line from time to time.
// It shows nothing for work that ends at once.
func Progress(out io.Writer) func(engine.Progress) {
	work := engine.RebuildViews
	show := newMeter(out, working[work].now)
	return func(p engine.Progress) {
		if p.Work != work {
			work, show = p.Work, newMeter(out, working[p.Work].now)
		}
		if !p.Done {
			show.show(func() string {
				return fmt.Sprintf("%s: %d of %d events, %.0f/s, %v left", show.what, p.At, p.Head, p.PerSecond, p.Left.Round(time.Second))
			})
			return
		}
		show.clear()
		if show.reported {
			fmt.Fprintf(out, "%s: %d events, %.0f/s\n", working[work].done, p.Head, p.PerSecond)
		}
	}
}
