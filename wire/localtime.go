package wire

import (
	"fmt"
	"time"
)

// localLayouts are the forms of a time without a zone, as <input
// type="datetime-local"> sends it. Parsing accepts fractions of a second too.
var localLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}

// ShownPrefix begins the name of the field of a form that says which instant, in RFC
// 3339, a control for a day and a time showed first: "_at.due" for "due".
const ShownPrefix = "_at."

// wallClock is all of a time that such a control shows.
const wallClock = "2006-01-02T15:04:05.000"

// time writes a point in time. A time without a zone is in the zone of the
// values.
func (v *values) time(b []byte, e entry, s string) []byte {
	t, local, err := LocalTime(s, e.shown(), v.zone)
	switch {
	case !local:
		return AppendString(b, s)
	case err != nil:
		v.report(e.path, problem("no_such_time", params{"zone": v.zone.String()},
			"There is no such time, because the clocks are put forward.", err.Error()))
		return append(b, "0"...)
	}
	return AppendTime(b, t)
}

// shown returns what the field with [ShownPrefix] has.
func (e *entry) shown() string {
	for _, f := range e.forms {
		if texts := f.texts[ShownPrefix+e.path]; len(texts) == 1 {
			return texts[0]
		}
	}
	return ""
}

// LocalTime reads a day and a time without a zone, such as "2026-01-31T15:04". local
// is false for other texts. shown is the instant, in RFC 3339, that the control with
// the text showed first, or "". If clocks in the zone still show the text then, the
// result is that instant: so a time that clocks show twice stays what it was. Else
// it is the first instant at which they show it. It is an error if they never do,
// because they are put forward.
func LocalTime(s, shown string, zone *time.Location) (t time.Time, local bool, err error) {
	for _, layout := range localLayouts {
		wall, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		first, err := time.Parse(time.RFC3339Nano, shown)
		if err == nil && wall.Format(wallClock) == first.In(zone).Format(wallClock) {
			return first.UTC(), true, nil
		}
		t, ok := inZone(wall, zone)
		if !ok {
			return t, true, fmt.Errorf("%s does not exist in %s", s, zone)
		}
		return t, true, nil
	}
	return t, false, nil
}

// inZone returns the point in time at which clocks in a zone show what wall shows
// in UTC: the first one if there are two. It returns false if there is none,
// because the clocks are put forward.
func inZone(wall time.Time, zone *time.Location) (at time.Time, ok bool) {
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, there := t.In(zone).Zone(); there == offset && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	return at, ok
}
