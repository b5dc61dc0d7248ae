package wire

import "time"

// localLayouts are the forms of a time without a zone, as <input
// type="datetime-local"> sends it. Parsing accepts fractions of a second too.
var localLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"}

// time writes a point in time. A time without a zone is in the zone of the
// values.
func (v *values) time(b []byte, e entry, s string) []byte {
	for _, layout := range localLayouts {
		wall, err := time.Parse(layout, s)
		if err != nil {
			continue
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
