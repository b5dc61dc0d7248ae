package model_test

import (
	"regexp"
	"testing"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

// TestBoundsOfDecimals: the pattern that CUE gets says the same as the comparison
// of numbers, and as the library.
func TestBoundsOfDecimals(t *testing.T) {
	decimals := rapid.OneOf(
		rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?`),
		rapid.StringMatching(`-?[019]{0,1}0(\.[019]{1,3})?`).Filter(regexp.MustCompile(ironstar.DecimalPattern).MatchString),
		rapid.SampledFrom([]string{"0", "-0", "0.0", "-0.00", "1", "10", "100", "99", "0.01", "-0.01", "1.0", "999999999.99", "1000000000"}),
	)
	rapid.Check(t, func(r *rapid.T) {
		c := model.Check{Op: rapid.SampledFrom([]model.Op{model.Greater, model.GreaterOrEqual, model.Less, model.LessOrEqual, model.Digits}).Draw(r, "op"),
			Num: decimals.Draw(r, "bound"), Count: rapid.Int64Range(0, 4).Draw(r, "digits")}
		text := decimals.Draw(r, "decimal")
		want := c.AllowsDecimal(text)
		if got := regexp.MustCompile(c.BoundPattern()).MatchString(text); got != want {
			r.Fatalf("%+v of %s: %v, the pattern %s says %v", c, text, want, c.BoundPattern(), got)
		}
		d, bound := ironstar.MustDecimal(text), ironstar.MustDecimal(c.Num)
		order := d.Cmp(bound)
		lib := map[model.Op]bool{model.Greater: order > 0, model.GreaterOrEqual: order >= 0, model.Less: order < 0, model.LessOrEqual: order <= 0,
			model.Digits: d.WithScale(int(c.Count)).Scale() == int(c.Count)}[c.Op]
		if lib != want {
			r.Fatalf("%+v of %s: %v, the library says %v", c, text, want, lib)
		}
	})
}
