package query_test

import (
	"testing"
	"time"
)

// TestWindowsThatPeopleAskFor: any time of a request is answered.
func TestWindowsThatPeopleAskFor(t *testing.T) {
	inPlace(t, func(t *testing.T, p *place) {
		p.append(true, "Sold")
		p.start()
		now := time.Now().UTC()
		for _, test := range []struct {
			asked       span
			from, until time.Time
			rows        int
		}{
			{span{Length: time.Hour}, now.Add(time.Minute - time.Hour), now.Add(time.Minute), 1},
			{span{Length: time.Hour, Until: now}, now.Add(-time.Hour), now, 0},
			{span{Length: time.Hour, Until: now.Add(1999 * time.Nanosecond)}, now.Add(time.Microsecond - time.Hour), now.Add(time.Microsecond), 1},
			{span{Length: time.Hour, Until: now.Add(time.Second).In(time.FixedZone("east", 3600))}, now.Add(time.Second - time.Hour), now.Add(time.Second), 1},
			{span{Length: time.Hour, Until: time.Date(0, 1, 1, 0, 30, 0, 0, time.UTC)}, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(0, 1, 1, 0, 30, 0, 0, time.UTC), 0},
			{span{Length: 100 * 365 * 24 * time.Hour, Until: time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)}, time.Date(9900, 1, 24, 23, 59, 59, 999999000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC), 0},
			{span{Until: now}, now, now, 0},
		} {
			a, err := p.reader.Ask(t.Context(), test.asked, 0)
			if err != nil || len(a.Rows) != test.rows || !a.Window.From.Equal(test.from) || !a.Window.Until.Equal(test.until) {
				t.Errorf("%+v: %d rows, window %v, %v; want from %v until %v", test.asked, len(a.Rows), a.Window, err, test.from, test.until)
			}
		}
	})
}
