package compat

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/shape"
)

// against lists the bounds of a type that an outcome may violate.
func (o outcome) against(to *shape.Type) []change {
	switch {
	case o.value != nil:
		return refused(o.value, to)
	case o.shape.Kind == "enum" && to.Kind != "enum":
		var all []change
		for _, v := range enumConstants(o.shape) {
			all = append(all, refused(v, to)...)
		}
		return all
	case o.shape.Kind == "int" && to.Kind == "number":
		return diff(asNumber(o.shape), to)
	case o.shape.Kind != to.Kind:
		return diff(&shape.Type{Kind: to.Kind}, to)
	case to.Kind == "bool":
		return append(refused(&model.Value{Kind: model.Bool, Text: "true", JSON: "true"}, to), refused(&model.Value{Kind: model.Bool, Text: "false", JSON: "false"}, to)...)
	}
	return diff(o.shape, to)
}

// asNumber returns the shape of a number that has exactly the values of an int:
// multiples of 1 within 64 bits.
func asNumber(t *shape.Type) *shape.Type {
	out := outcome{shape: t}.interval().outcome("number").shape
	for _, c := range t.Checks {
		if c.Op == "!=" || c.Op == "multipleOf" {
			out.Checks = append(out.Checks, c)
		}
	}
	out.Checks = append(out.Checks, shape.Check{Op: "multipleOf", Arg: "1"})
	return out
}

// refused lists the constraints of a type that a constant violates.
func refused(v *model.Value, t *shape.Type) []change {
	var all []change
	if t.Kind == "enum" {
		if p := possible(t); !slices.Contains(p.Values, v.Text) {
			all = append(all, change{rule: "enum-narrowed", was: v.JSON, is: strings.Join(enumValues(p, nil), " | ")})
		}
		return all
	}
	for _, c := range t.Checks {
		if !allows(c, v) {
			all = append(all, change{rule: "bound-narrowed", op: c.Op, was: v.JSON, is: checkText(c)})
		}
	}
	return all
}

// allows reports whether a constant satisfies a constraint.
func allows(c shape.Check, v *model.Value) bool {
	text := v.Text
	number := func(s string) *big.Rat {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			r = new(big.Rat)
		}
		return r
	}
	count := func() int64 {
		n, err := strconv.ParseInt(c.Arg, 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	switch c.Op {
	case ">":
		return number(text).Cmp(number(c.Arg)) > 0
	case ">=":
		return number(text).Cmp(number(c.Arg)) >= 0
	case "<":
		return number(text).Cmp(number(c.Arg)) < 0
	case "<=":
		return number(text).Cmp(number(c.Arg)) <= 0
	case "multipleOf":
		by := number(c.Arg)
		return by.Sign() != 0 && new(big.Rat).Quo(number(text), by).IsInt()
	case "!=":
		if v.Kind == model.Int || v.Kind == model.Number {
			return number(text).Cmp(number(c.Arg)) != 0
		}
		return v.JSON != c.Arg
	case "minRunes":
		return int64(utf8.RuneCountInString(text)) >= count()
	case "maxRunes":
		return int64(utf8.RuneCountInString(text)) <= count()
	case "=~", "!~":
		re, err := regexp.Compile(c.Arg)
		return err == nil && re.MatchString(text) == (c.Op == "=~")
	case "digits":
		return model.Check{Op: model.Digits, Count: count()}.AllowsDecimal(text)
	case "prefix":
		return strings.HasPrefix(text, c.Arg)
	case "suffix":
		return strings.HasSuffix(text, c.Arg)
	case "contains":
		return strings.Contains(text, c.Arg)
	case "timeFormat":
		_, err := time.Parse(c.Arg, text)
		return err == nil
	}
	return false // the constraints of lists and maps, which are never constants
}
