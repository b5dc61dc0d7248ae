package ironstar_test

import (
	"regexp"
	"testing"

	"ironstar.dev"
)

// FuzzParseDecimal compares the reader with the pattern it promises.
func FuzzParseDecimal(f *testing.F) {
	pattern := regexp.MustCompile(ironstar.DecimalPattern)
	for _, s := range []string{"0", "-0", "12.50", "", "-", ".5", "5.", "01", "1e5", "+1", "--1", "1.2.3", "1\n", "0.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ironstar.ParseDecimal(s)
		if want := pattern.MatchString(s); (err == nil) != want {
			t.Fatalf("%q: got %v, want it read: %v", s, err, want)
		}
		if err == nil && d.String() != s {
			t.Errorf("%q became %q", s, d)
		}
	})
}
