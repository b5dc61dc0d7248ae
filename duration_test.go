package ironstar_test

import (
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
)

// TestDuration: every duration has one text.
func TestDuration(t *testing.T) {
	pattern := regexp.MustCompile(ironstar.DurationPattern)
	for text, want := range map[string]time.Duration{
		"PT0S": 0, "PT1S": time.Second, "PT59M": 59 * time.Minute, "PT1H30M": 90 * time.Minute, "PT24H": 24 * time.Hour,
		"PT1H0.5S": time.Hour + time.Second/2, "PT0.000000001S": 1, "PT10.25S": 10*time.Second + time.Second/4,
		"PT999999H59M59.999999999S": ironstar.MaxDuration,
	} {
		got, err := ironstar.ParseDuration(text)
		if err != nil || got != want || ironstar.FormatDuration(want) != text || !pattern.MatchString(text) {
			t.Errorf("%s reads as %d, %v; %d is written %s", text, got, err, want, ironstar.FormatDuration(want))
		}
	}
	for _, d := range []time.Duration{-1, -time.Hour, math.MinInt64, math.MaxInt64, ironstar.MaxDuration + 1} {
		text := ironstar.FormatDuration(d)
		if _, err := ironstar.ParseDuration(text); err == nil || pattern.MatchString(text) {
			t.Errorf("%s (%d) is read", text, d)
		}
	}
	if got := ironstar.FormatDuration(math.MinInt64); got != "-PT2562047H47M16.854775808S" {
		t.Errorf("the least is %s", got)
	}
}

// FuzzParseDuration compares the reader with the pattern it promises.
func FuzzParseDuration(f *testing.F) {
	pattern := regexp.MustCompile(ironstar.DurationPattern)
	for _, s := range []string{
		"PT0S", "PT", "P1D", "PT1H", "PT01H", "PT60M", "PT1M60S", "PT1M1H", "PT1HT", "PT0H1S", "PT1H0S", "PT1.0S", "PT1.5M", "PT1,5S", "-PT1S", "+PT1S", "PT-1S",
		"pt1s", "PT1H30", "1h30m", "PT1000000H", "PT0.0000000001S", "PT1S\n", " PT1S", "PT.5S", "PT5.S", "PT0.S", "PT18446744073709551616S", "PT2562048H", "PT+1S", "PT1_0S",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ironstar.ParseDuration(s)
		if want := pattern.MatchString(s); (err == nil) != want {
			t.Fatalf("%q: got %v, want it read: %v", s, err, want)
		}
		if err == nil && ironstar.FormatDuration(d) != s {
			t.Errorf("%q became %s", s, ironstar.FormatDuration(d))
		}
	})
}

// TestDurationCharacters replaces each byte of a duration by every other byte.
func TestDurationCharacters(t *testing.T) {
	pattern := regexp.MustCompile(ironstar.DurationPattern)
	for _, good := range []string{"PT123456H12M34.567S", "PT1H", "PT59M", "PT0.5S"} {
		for at := range len(good) {
			for c := range 256 {
				s := good[:at] + string([]byte{byte(c)}) + good[at+1:]
				if _, err := ironstar.ParseDuration(s); (err == nil) != pattern.MatchString(s) {
					t.Fatalf("%q: %v", s, err)
				}
				if _, err := ironstar.ParseDuration(strings.Repeat(s, 2)); err == nil {
					t.Fatalf("%q twice is read", s)
				}
			}
		}
	}
}
