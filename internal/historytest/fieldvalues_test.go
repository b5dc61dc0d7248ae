package historytest_test

import (
	"strings"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/internal/historytest/gen/kinds"
)

// The values of these generators are those that a form can express: no lone carriage
// return, and no blank text where blank means that there is no value.

// amount says how many items lists have, and whether times can be typed.
type amount struct {
	most  int
	typed bool
}

var (
	many = amount{most: 3}
	one  = amount{most: 1, typed: true}
)

func listOf[T any](n amount, of *rapid.Generator[T]) *rapid.Generator[[]T] {
	return rapid.SliceOfN(of, 0, n.most)
}

// orNil is nil or a value.
func orNil[T any](of *rapid.Generator[T]) *rapid.Generator[*T] { return rapid.Ptr(of, true) }

func texts(n amount) *rapid.Generator[string] {
	return rapid.Map(rapid.String(), func(s string) string {
		if n.typed { // into an input
			s = strings.ReplaceAll(s, "\n", "")
		}
		return strings.NewReplacer("\r", "", "\x00", "").Replace(s)
	})
}

func filledTexts(n amount) *rapid.Generator[string] {
	return rapid.Map(texts(n), func(s string) string {
		if strings.TrimSpace(s) == "" {
			return "x" + s
		}
		return s
	})
}

func instants(n amount) *rapid.Generator[time.Time] {
	return rapid.Custom(func(r *rapid.T) time.Time {
		if n.typed {
			return time.Date(rapid.IntRange(1990, 2090).Draw(r, "year"), time.Month(rapid.IntRange(5, 9).Draw(r, "month")), 7, 8, rapid.IntRange(0, 59).Draw(r, "minute"), rapid.IntRange(0, 59).Draw(r, "second"), 0, time.UTC)
		}
		if rapid.Bool().Draw(r, "at a change of the clock") {
			return time.Unix(1792886400+rapid.Int64Range(0, 4*3600).Draw(r, "second"), rapid.Int64Range(0, 999999999).Draw(r, "nanosecond")).UTC() // 2026-10-25
		}
		return time.Unix(rapid.Int64Range(-60000000000, 250000000000).Draw(r, "second"), rapid.Int64Range(0, 999999999).Draw(r, "nanosecond")).UTC()
	})
}

func days() *rapid.Generator[ironstar.Date] {
	return rapid.Map(instants(many), ironstar.DateOf)
}

func wholes() *rapid.Generator[int64] { return rapid.Int64Range(-1<<53+1, 1<<53-1) }

func decimals() *rapid.Generator[ironstar.Decimal] {
	return rapid.Custom(func(r *rapid.T) ironstar.Decimal {
		d, err := ironstar.ParseDecimal(rapid.StringMatching(`-?[1-9][0-9]{0,12}(\.[0-9]{1,6})?`).Draw(r, "digits"))
		if err != nil {
			r.Fatal(err)
		}
		return d
	})
}

func colours() *rapid.Generator[kinds.Colour] { return rapid.SampledFrom(kinds.ColourValues()) }

func pictures(least int) *rapid.Generator[[]byte] {
	return rapid.SliceOfN(rapid.Byte(), least, 30)
}

func parts(n amount) *rapid.Generator[kinds.Part] {
	return rapid.Custom(func(r *rapid.T) kinds.Part {
		return kinds.Part{Cost: decimals().Draw(r, "cost"), Tags: listOf(n, filledTexts(n)).Draw(r, "tags")}
	})
}

func shapes(n amount) *rapid.Generator[kinds.Shape] {
	return rapid.Custom(func(r *rapid.T) kinds.Shape {
		if rapid.Bool().Draw(r, "circle") {
			return kinds.Circle{Radius: rapid.Float64().Draw(r, "radius")}
		}
		return kinds.Trace{Points: listOf(n, instants(n)).Draw(r, "points")}
	})
}

func anything(n amount) *rapid.Generator[kinds.Everything] {
	return rapid.Custom(func(r *rapid.T) kinds.Everything {
		v := kinds.Everything{
			Text: texts(n).Draw(r, "text"), Ratio: rapid.Float64().Draw(r, "ratio"), Whole: wholes().Draw(r, "whole"), Flag: rapid.Bool().Draw(r, "flag"), ID: ironstar.NewUUID(),
			At: instants(n).Draw(r, "at"), Day: days().Draw(r, "day"), Cost: decimals().Draw(r, "cost"), Length: time.Duration(rapid.Int64Range(0, 1<<55).Draw(r, "length")),
			Picture: pictures(0).Draw(r, "picture"), Colour: colours().Draw(r, "colour"), Rank: rapid.SampledFrom(kinds.RankValues()).Draw(r, "rank"),
			Texts: listOf(n, filledTexts(n)).Draw(r, "texts"), Times: listOf(n, instants(n)).Draw(r, "times"), Grid: listOf(many, listOf(many, rapid.Float64())).Draw(r, "grid"),
			Costs: rapid.MapOfN(texts(n), decimals(), 0, 3).Draw(r, "costs"), Shape: shapes(n).Draw(r, "shape"), Shapes: listOf(n, shapes(n)).Draw(r, "shapes"),
			Note: orNil(filledTexts(n)).Draw(r, "note"), Due: orNil(instants(n)).Draw(r, "due"), Pause: orNil(rapid.Float64()).Draw(r, "pause"), Part: orNil(parts(n)).Draw(r, "part"),
		}
		if rapid.Bool().Draw(r, "the rest") {
			v.Thumb, v.Maybe, v.Either = pictures(1).Draw(r, "thumb"), listOf(n, wholes()).Draw(r, "maybe"), shapes(n).Draw(r, "either")
		}
		if len(v.Maybe) == 0 {
			v.Maybe = nil // blank rows are no list
		}
		return v
	})
}

func payments(n amount) *rapid.Generator[kinds.Paid] {
	return rapid.Custom(func(r *rapid.T) kinds.Paid {
		switch rapid.IntRange(0, 2).Draw(r, "case") {
		case 0:
			return kinds.Card{Number: rapid.StringMatching(`[0-9]{4}`).Draw(r, "number"), Until: days().Draw(r, "until"), Saved: rapid.Bool().Draw(r, "saved")}
		case 1:
			until := rapid.Map(instants(n), func(t time.Time) kinds.GiroUntil { return kinds.GiroUntil{On: t} })
			return kinds.Giro{Number: wholes().Draw(r, "number"), Until: orNil(until).Draw(r, "until"), Saved: orNil(rapid.Bool()).Draw(r, "saved")}
		}
		return kinds.Cash{}
	})
}

func lines(n amount) *rapid.Generator[kinds.Line] {
	return rapid.Custom(func(r *rapid.T) kinds.Line {
		v := kinds.Line{Sku: filledTexts(n).Draw(r, "sku"), Count: orNil(rapid.Int64Range(1, 99)).Draw(r, "count"), Gift: rapid.Bool().Draw(r, "gift"), Open: rapid.Bool().Draw(r, "open"),
			Parts: listOf(n, parts(n)).Draw(r, "parts")}
		if rapid.Bool().Draw(r, "is paid") {
			v.Paid = payments(n).Draw(r, "paid")
		}
		return v
	})
}

func trees(n amount, depth int) *rapid.Generator[kinds.Tree] {
	return rapid.Custom(func(r *rapid.T) kinds.Tree {
		v := kinds.Tree{Name: filledTexts(n).Draw(r, "name")}
		if depth > 0 {
			v.Kids = listOf(many, trees(n, depth-1)).Draw(r, "kids")
		}
		return v
	})
}

func filling(n amount) *rapid.Generator[kinds.SampleFill] {
	return rapid.Custom(func(r *rapid.T) kinds.SampleFill {
		v := kinds.SampleFill{
			Sure: rapid.Bool().Draw(r, "sure"), Maybe: orNil(rapid.Bool()).Draw(r, "maybe"), Level: rapid.SampledFrom(kinds.SampleFillLevelValues()).Draw(r, "level"),
			Lines: listOf(n, lines(n)).Draw(r, "lines"), Paid: payments(n).Draw(r, "paid"), Answers: listOf(n, rapid.Bool()).Draw(r, "answers"), Tree: orNil(trees(n, 2)).Draw(r, "tree"),
			Owner: kinds.SampleFillOwner{Name: texts(n).Draw(r, "name")},
		}
		for _, c := range kinds.ColourValues() {
			if rapid.Bool().Draw(r, "colour") {
				v.Levels = append(v.Levels, c) // boxes are in the order of the schema
			}
		}
		if rapid.Bool().Draw(r, "at home") {
			v.Owner.Home = &kinds.SampleFillOwnerHome{City: filledTexts(n).Draw(r, "city"), Since: orNil(days()).Draw(r, "since")}
		}
		return v
	})
}
