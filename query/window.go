package query

import (
	"time"

	"ironstar.dev"
)

// windowAt returns the window that a question asks about at a moment. One that ends now
// ends at the next multiple of round, so that it includes all events until then.
func windowAt(of *ironstar.Window, round time.Duration, now time.Time) ironstar.Window {
	if of == nil {
		return ironstar.Window{}
	}
	w := ironstar.Window{Span: of.Span, Until: of.Until.UTC()}
	if of.Until.IsZero() {
		round = max(round, time.Microsecond)
		w.Until = now.UTC().Truncate(round).Add(round)
	}
	w.Until = w.Until.Truncate(time.Microsecond) // what engines store
	w.From = w.Until.Add(-w.Span)
	if first := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); w.From.Before(first) {
		w.From = first // no earlier time has a text
	}
	return w
}

// moves reports whether the end of a window moves with the clock.
func moves(of *ironstar.Window) bool { return of != nil && of.Until.IsZero() }

// sameWindow compares moments, not their representation.
func sameWindow(a, b ironstar.Window) bool {
	return a.Span == b.Span && a.Until.Equal(b.Until)
}
