package ironstar

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// DurationPattern matches the text of a duration: ISO 8601 in hours, minutes
// and seconds, such as "PT1H30M". The schema's #Duration has the same pattern.
// Each duration has exactly one text: minutes and seconds are below 60, parts
// that are zero are omitted, and a fraction of a second does not end in 0. A
// duration is not negative and is shorter than a million hours.
const DurationPattern = `^PT(0S` +
	`|` + hours + minutes + `?` + seconds + `?` +
	`|` + minutes + seconds + `?` +
	`|` + seconds + `)$`

const (
	hours   = `([1-9][0-9]{0,5}H)`
	minutes = `([1-9]M|[1-5][0-9]M)`
	seconds = `((0\.[0-9]{0,8}[1-9]|([1-9]|[1-5][0-9])(\.[0-9]{0,8}[1-9])?)S)`
)

// MaxDuration is the longest duration that has a text: a nanosecond less than a
// million hours (114 years).
const MaxDuration = 1_000_000*time.Hour - 1

// ParseDuration reads text that matches [DurationPattern].
func ParseDuration(s string) (time.Duration, error) {
	rest, ok := strings.CutPrefix(s, "PT")
	if s == "PT0S" {
		return 0, nil
	}
	var d time.Duration
	for _, unit := range []struct {
		name byte
		is   time.Duration
	}{{'H', time.Hour}, {'M', time.Minute}, {'S', time.Second}} {
		if i := strings.IndexByte(rest, unit.name); ok && i >= 0 {
			var n time.Duration
			n, ok = durationPart(rest[:i], unit.is)
			d, rest = d+n, rest[i+1:]
		}
	}
	// Several texts could give this duration; only the one that FormatDuration
	// writes is accepted.
	if !ok || rest != "" || d > MaxDuration || FormatDuration(d) != s {
		return 0, fmt.Errorf("%q is not a length of time like PT1H30M", s)
	}
	return d, nil
}

// durationPart reads a number of units; seconds may have a fraction. It accepts
// too much; ParseDuration compares the text with the formatted result.
func durationPart(text string, unit time.Duration) (time.Duration, bool) {
	whole, fraction, point := strings.Cut(text, ".")
	n, err := strconv.ParseUint(whole, 10, 20)
	if err != nil {
		return 0, false
	}
	d := time.Duration(n) * unit
	if !point {
		return d, true
	}
	nanos, err := strconv.ParseUint(fraction, 10, 64)
	if err != nil || len(fraction) > 9 || unit != time.Second {
		return 0, false
	}
	return d + time.Duration(nanos)*time.Duration(math.Pow10(9-len(fraction))), true
}

// FormatDuration returns the text of a duration. ParseDuration refuses that
// text if the duration is negative or longer than [MaxDuration].
func FormatDuration(d time.Duration) string { return string(AppendDuration(nil, d)) }

// AppendDuration adds the text of a duration to b.
func AppendDuration(b []byte, d time.Duration) []byte {
	const second, minute, hour = uint64(time.Second), uint64(time.Minute), uint64(time.Hour)
	rest := uint64(d)
	if d < 0 {
		rest = -rest
		b = append(b, '-')
	}
	b = append(b, "PT"...)
	if d == 0 {
		return append(b, "0S"...)
	}
	if n := rest / hour; n > 0 {
		b = append(strconv.AppendUint(b, n, 10), 'H')
	}
	if n := rest % hour / minute; n > 0 {
		b = append(strconv.AppendUint(b, n, 10), 'M')
	}
	if rest %= minute; rest == 0 {
		return b
	}
	b = strconv.AppendUint(b, rest/second, 10)
	if nanos := rest % second; nanos > 0 {
		digits := strconv.FormatUint(second+nanos, 10) // 1 and nine digits
		b = append(append(b, '.'), strings.TrimRight(digits[1:], "0")...)
	}
	return append(b, 'S')
}
