package live

import (
	"strings"
	"time"

	"ironstar.dev/wire"
)

// writeTime writes a control for a day and a time without a zone. It shows an
// instant in the zone of the server. A hidden field says which instant it is: the
// browser's client shows it in the zone of the reader, and as long as nobody changes
// it, it is sent as it was.
func (c *control) writeTime(b *strings.Builder) {
	text := c.text()
	at, err := time.Parse(time.RFC3339Nano, text)
	known := err == nil
	if !known && c.form.refused != nil { // what was typed
		at, known, err = wire.LocalTime(text, c.form.refused.problem.sent.Get(wire.ShownPrefix+c.name), c.zone)
		known = known && err == nil
	}
	if known {
		_ = writeHidden(b, wire.ShownPrefix+c.name, at.UTC().Format(time.RFC3339Nano)) // cannot fail: it writes to memory
		text = wallClock(at.In(c.zone))
	}
	c.writeInput(b, text)
}

// wallClock returns a time as HTML has it, without a zone and to the millisecond.
func wallClock(t time.Time) string {
	switch {
	case t.Nanosecond() >= int(time.Millisecond):
		return t.Format("2006-01-02T15:04:05.000")
	case t.Second() > 0:
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04")
}
