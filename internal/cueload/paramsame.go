package cueload

import (
	"slices"

	"ironstar.dev/internal/model"
)

// sameParam reports whether two parameters take the same values and mean the same when
// they are absent. Their types may have different names in Go.
func sameParam(a, b *model.Field) bool {
	if a.Optional != b.Optional || (a.Default == nil) != (b.Default == nil) || a.Default != nil && a.Default.JSON != b.Default.JSON {
		return false
	}
	ta, tb := underlying(a.Type), underlying(b.Type)
	sameConst := func(a, b model.Const) bool { return a.Kind == b.Kind && a.Text == b.Text }
	return ta.Kind == tb.Kind && slices.EqualFunc(ta.Values, tb.Values, sameConst) && slices.EqualFunc(checksOf(a.Type), checksOf(b.Type), sameCheck)
}

func checksOf(t *model.Type) (all []model.Check) {
	eachCheck(t, func(c model.Check) { all = append(all, c) })
	return all
}

// sameCheck compares constraints without their places.
func sameCheck(a, b model.Check) bool {
	return a.Op == b.Op && a.Num == b.Num && a.Text == b.Text && a.Count == b.Count && (a.Value == nil) == (b.Value == nil) &&
		(a.Value == nil || a.Value.Kind == b.Value.Kind && a.Value.Text == b.Value.Text)
}
