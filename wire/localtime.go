package wire

import "time"

// localLayouts are the forms of a time without a zone, as <input
// type="datetime-local"> sends it. Parsing accepts fractions of a second too.
var localLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}

// instantPrefix begins the name of a field that holds the instant in RFC 3339 that a
// control without a zone showed first.
const instantPrefix = "_at."

// time writes a point in time. A time without a zone is in the zone of the
// values. If it is still what the control showed first, it is that same instant,
// also where clocks show a time twice, and to the nanosecond.
func (v *values) time(b []byte, e entry, s string) []byte {
	for _, layout := range localLayouts {
		wall, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if at, ok := e.shown(wall, v.zone); ok {
			return AppendTime(b, at)
		}
		t, ok := inZone(wall, v.zone)
		if !ok {
			v.report(e.path, problem("no_such_time", params{"zone": v.zone.String()},
				"There is no such time, because the clocks are put forward.", s+" does not exist in "+v.zone.String()))
			return append(b, "0"...)
		}
		return AppendTime(b, t)
	}
	return AppendString(b, s)
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

// shown returns the instant that the control of a field showed first, if clocks in
// a zone show wall then.
func (e *entry) shown(wall time.Time, zone *time.Location) (time.Time, bool) {
	for _, f := range e.forms {
		texts := f.texts[instantPrefix+e.path]
		if len(texts) != 1 {
			continue
		}
		at, err := time.Parse(time.RFC3339Nano, texts[0])
		if err == nil && wall.Format(wallClock) == at.In(zone).Format(wallClock) {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

const wallClock = "2006-01-02T15:04:05.000" // all that a control shows
