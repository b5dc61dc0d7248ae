package cueload

import (
	"regexp/syntax"

	"ironstar.dev/internal/model"
)

// maxKeyRunes is the greatest length of a text that surely can be a key. In an
// address a key has at most 1024 bytes.
const maxKeyRunes = 256

// keyText checks that each value of a key field can be a key, which is part of
// addresses: it is not empty, and not too long. Otherwise a page could not be
// reached, and nobody would notice that before the event was stored.
func (r *reader) keyText(v *follower, at model.Pos, f *model.Field) {
	t := underlying(f.Type)
	switch t.Kind {
	case model.Enum:
		for _, value := range t.Values {
			if value.Text == "" || len(value.Text) > 4*maxKeyRunes {
				r.problems.addAlso(codeViewKey, at, []model.Pos{f.Pos}, "a key has 1 to 1024 bytes: use other values, or another field",
					"field %s can be %q, which cannot be the key of %s", v.key, value.Text, v.what)
			}
		}
	case model.String:
		if empty, bounded := textOf(f.Type); empty || !bounded {
			r.problems.addAlso(codeViewKey, at, []model.Pos{f.Pos}, "write "+f.Name+": strings.MinRunes(1) & strings.MaxRunes(100)",
				"field %s can be empty or longer than %d characters, and so cannot be the key of %s", v.key, maxKeyRunes, v.what)
		}
	}
}

// textOf reports whether the checks of a text allow the empty text, and whether
// they bound its length.
func textOf(t *model.Type) (empty, bounded bool) {
	empty = true
	eachCheck(t, func(c model.Check) {
		switch c.Op {
		case model.MinRunes:
			empty = empty && c.Count == 0
		case model.MaxRunes:
			bounded = bounded || c.Count <= maxKeyRunes
		case model.HasPrefix, model.HasSuffix, model.Contains:
			empty = empty && c.Text == ""
		case model.NotEqual:
			empty = empty && c.Value.Text != ""
		case model.TimeFormat:
			empty, bounded = false, true
		case model.Match:
			if re, err := syntax.Parse(c.Text, syntax.Perl); err == nil {
				least, most, whole := lengths(re)
				empty = empty && least == 0
				bounded = bounded || whole && most <= maxKeyRunes
			}
		}
	})
	return empty, bounded
}

// endless stands for a length without a bound, or with a bound that is too
// large to matter.
const endless = 1 << 20

// lengths returns the least and greatest number of characters that a pattern
// matches, and whether it matches whole texts only: from ^ to $.
func lengths(re *syntax.Regexp) (least, most int, whole bool) {
	first, last := re, re
	if re.Op == syntax.OpConcat {
		first, last = re.Sub[0], re.Sub[len(re.Sub)-1]
	}
	least, most = lengthsOf(re)
	return least, most, first.Op == syntax.OpBeginText && last.Op == syntax.OpEndText
}

func lengthsOf(re *syntax.Regexp) (least, most int) {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune), len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			a, b := lengthsOf(sub)
			least, most = min(least+a, endless), min(most+b, endless)
		}
		return least, most
	case syntax.OpAlternate:
		least = endless
		for _, sub := range re.Sub {
			a, b := lengthsOf(sub)
			least, most = min(least, a), max(most, b)
		}
		return least, most
	case syntax.OpQuest:
		_, most = lengthsOf(re.Sub[0])
		return 0, most
	case syntax.OpStar:
		return 0, endless
	case syntax.OpPlus:
		least, _ = lengthsOf(re.Sub[0])
		return least, endless
	case syntax.OpRepeat:
		a, b := lengthsOf(re.Sub[0])
		if re.Max < 0 {
			return min(a*re.Min, endless), endless
		}
		return min(a*re.Min, endless), min(b*re.Max, endless)
	}
	return 0, 0 // anchors and the like
}
