package wire

import "time"

// A time is a point in time: in UTC, in whole nanoseconds, and without a
// monotonic clock reading. So a decided, a stored and a decoded time are equal
// also for ==, Format and calendar arithmetic, on every server.

// Instant returns t in that form.
func Instant(t time.Time) time.Time { return t.Round(0).UTC() } // Round removes the monotonic reading

// AppendTime writes an RFC 3339 time in UTC with as many digits of a second as
// needed.
//
//go:noinline
func AppendTime(b []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// Time reads an RFC 3339 time, as an [Instant].
//
//go:noinline
func (d *Decoder) Time() time.Time {
	return parsed(d, expectTime, func(s string) (time.Time, error) {
		t, err := time.Parse(time.RFC3339Nano, s)
		return t.UTC(), err
	})
}
