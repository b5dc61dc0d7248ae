package live

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/a-h/templ"
)

// TimeAttribute marks the elements of [Time], so that a script can show them in
// the reader's zone. Their attribute datetime has the instant in UTC.
const TimeAttribute = "data-local-time"

// Time shows an instant to the minute, in Options.Zone with the name of the zone:
//
//	<time datetime="2026-03-09T08:05:00Z" data-local-time>2026-03-09 09:05 CET</time>
//
// A script may replace the text with the same instant in the reader's zone. The
// attribute datetime has the instant to the millisecond. The zero time renders
// nothing. It may be part of a page that everybody shares: the HTML is the same
// for all readers.
func Time(t time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error { return writeTime(ctx, w, t, "") })
}

// Countdown shows how long it is until an instant, with the client: 3 min 12 s left. The
// clock is that of the server. Without a script it is [Time]. A screen reader reads it
// when a person asks for it, and not each second. The zero time renders nothing.
func Countdown(t time.Time) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return writeTime(ctx, w, t, `="left" role="timer" aria-live="off"`)
	})
}

// writeTime writes an element of which the attributes go on after the name of the first.
func writeTime(ctx context.Context, w io.Writer, t time.Time, attributes string) error {
	if t.IsZero() {
		return nil
	}
	_, err := fmt.Fprintf(w, `<time datetime="%s" %s%s>%s</time>`,
		t.UTC().Format("2006-01-02T15:04:05.999Z07:00"), TimeAttribute, attributes, t.In(zoneOf(ctx)).Format("2006-01-02 15:04 MST"))
	return err
}

type zoneKey struct{}

func withZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey{}, zone)
}

// zoneOf returns UTC for components that no server renders, such as in tests.
func zoneOf(ctx context.Context) *time.Location {
	if zone, ok := ctx.Value(zoneKey{}).(*time.Location); ok {
		return zone
	}
	return time.UTC
}
