package auctionseason

import (
	"math/rand/v2"
	"time"
)

// How busy the house is, by the hour (UTC) and by the day of the week, which begins on
// Sunday. The busiest has 1.
var (
	hours = [24]float64{.20, .10, .06, .04, .03, .05, .10, .20, .32, .42, .46, .50, .56, .52, .48, .50, .54, .60, .72, .88, 1, .96, .72, .42}
	days  = [7]float64{1, .62, .60, .64, .68, .66, .86}
)

// busy is how busy the house is at a time, from 0 to 1.
func busy(t time.Time) float64 {
	t = t.UTC()
	return hours[t.Hour()] * days[t.Weekday()]
}

// rhythmic draws a time between two others, more often one at which the house is busy.
func rhythmic(random *rand.Rand, from, to time.Time) (t time.Time) {
	for range 40 {
		t = between(random, from, to)
		if random.Float64() < busy(t) {
			break
		}
	}
	return t
}

// between draws a time between two others, to the millisecond.
func between(random *rand.Rand, from, to time.Time) time.Time {
	if !to.After(from) {
		return from
	}
	return from.Add(time.Duration(random.Int64N(int64(to.Sub(from))))).Truncate(time.Millisecond)
}

// soon draws a time after another one: mean later on average, and rarely much later.
func soon(random *rand.Rand, from time.Time, mean time.Duration) time.Time {
	return from.Add(time.Duration(random.ExpFloat64() * float64(mean))).Truncate(time.Millisecond)
}
