// Package scalar writes constants of a schema as JSON and checks JSON against
// the constraints of scalars.
package scalar

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev/internal/model"
	"ironstar.dev/wire"
)

// Quote returns a string as JSON.
func Quote(s string) string { return string(wire.AppendString(nil, s)) }

// Unquote returns the text of a JSON string, and other JSON unchanged.
func Unquote(json string) string {
	s, err := strconv.Unquote(json)
	if err != nil {
		return strings.Trim(json, `"`)
	}
	return s
}

// JSON returns a constant of the schema as JSON.
func JSON(c model.Const) string {
	if c.Kind == model.String {
		return Quote(c.Text)
	}
	return c.Text
}

// Constraints returns the checks of a type and of the types it refers to.
func Constraints(t *model.Type) []model.Check {
	var all []model.Check
	for ; t.Kind == model.Ref; t = t.Named.Type {
		all = append(all, t.Checks...)
	}
	return append(all, t.Checks...)
}

// Meets reports whether a scalar's JSON meets constraints. It is used to make
// values that are mostly valid, and for the constraints of forms.
func Meets(checks []model.Check, json string) bool {
	for _, c := range checks {
		if !meetsOne(c, json) {
			return false
		}
	}
	return true
}

func meetsOne(c model.Check, json string) bool {
	if c.Op == model.Digits || c.Num != "" && strings.HasPrefix(json, `"`) {
		return c.AllowsDecimal(Unquote(json))
	}
	if c.Num != "" {
		v, ok := new(big.Rat).SetString(json)
		by, _ := new(big.Rat).SetString(c.Num)
		if !ok || by == nil {
			return true
		}
		order := v.Cmp(by)
		switch c.Op {
		case model.Greater:
			return order > 0
		case model.GreaterOrEqual:
			return order >= 0
		case model.Less:
			return order < 0
		case model.LessOrEqual:
			return order <= 0
		case model.MultipleOf:
			return v.Quo(v, by).IsInt()
		}
		return true
	}
	s := Unquote(json)
	switch c.Op {
	case model.NotEqual:
		return json != JSON(*c.Value)
	case model.Match:
		return regexp.MustCompile(c.Text).MatchString(s)
	case model.NotMatch:
		return !regexp.MustCompile(c.Text).MatchString(s)
	case model.MinRunes:
		return utf8.RuneCountInString(s) >= int(c.Count)
	case model.MaxRunes:
		return utf8.RuneCountInString(s) <= int(c.Count)
	case model.HasPrefix:
		return strings.HasPrefix(s, c.Text)
	case model.HasSuffix:
		return strings.HasSuffix(s, c.Text)
	case model.Contains:
		return strings.Contains(s, c.Text)
	case model.TimeFormat:
		_, err := time.Parse(c.Text, s)
		return err == nil
	}
	return true
}

// Digits returns how many digits a decimal has after the point, by the schema.
func Digits(t *model.Type) (n int, ok bool) {
	for _, c := range Constraints(t) {
		if c.Op == model.Digits && (!ok || int(c.Count) < n) {
			n, ok = int(c.Count), true
		}
	}
	return n, ok
}

// A schema bounds bytes by the length of their base64, which CUE sees. Go and
// people count bytes.

// LeastBytes returns the number of bytes whose base64 has at least n
// characters.
func LeastBytes(n int64) int {
	groups := int(n+3) / 4
	return max(0, 3*groups-2)
}

// MostBytes returns the number of bytes whose base64 has at most n characters.
func MostBytes(n int64) int { return int(n) / 4 * 3 }
