package listing_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/wire/listing"
)

// TestTextsHaveTheOrderOfValues compares each kind of value with its text.
func TestTextsHaveTheOrderOfValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		same := func(kind string, values, texts int) {
			if values != texts {
				t.Fatalf("two values of %s compare as %d, their texts as %d", kind, values, texts)
			}
		}
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		same("int", cmp.Compare(a, b), strings.Compare(listing.Int(a), listing.Int(b)))
		x, y := rapid.Float64().Draw(t, "x"), rapid.Float64().Draw(t, "y")
		same("number", cmp.Compare(x, y), strings.Compare(listing.Number(x), listing.Number(y)))
		at, then := time.Unix(a%1e11, b&0x3fffffff), time.Unix(b%1e11, a&0x3fffffff)
		same("time", at.Compare(then), strings.Compare(listing.Time(at), listing.Time(then)))
		days := rapid.IntRange(-700_000, 2_900_000)
		first, second := ironstar.DateOf(time.Unix(0, 0).AddDate(0, 0, days.Draw(t, "day"))), ironstar.DateOf(time.Unix(0, 0).AddDate(0, 0, days.Draw(t, "other day")))
		same("date", first.Compare(second), strings.Compare(listing.Date(first), listing.Date(second)))
		decimal := rapid.StringMatching(ironstar.DecimalPattern)
		d, e := ironstar.MustDecimal(decimal.Draw(t, "d")), ironstar.MustDecimal(decimal.Draw(t, "e"))
		same("decimal "+d.String()+" "+e.String(), d.Cmp(e), strings.Compare(listing.Decimal(d), listing.Decimal(e)))
	})
}

func TestDecimals(t *testing.T) {
	ordered := []string{"-100", "-99.5", "-10.05", "-10", "-1.5", "-1", "-0.15", "-0.1", "-0.05", "0", "0.05", "0.1", "0.15", "0.2", "1", "1.05", "1.5", "9", "10", "100", "1" + strings.Repeat("0", 253), "1" + strings.Repeat("0", 254), "1" + strings.Repeat("0", 255), "1" + strings.Repeat("0", 300)}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := strings.Compare(listing.Decimal(ironstar.MustDecimal(a)), listing.Decimal(ironstar.MustDecimal(b))); got != cmp.Compare(i, j) {
				t.Errorf("%s and %s compare as %d", a, b, got)
			}
		}
	}
	for _, same := range [][]string{{"1.5", "1.50", "1.500"}, {"0", "-0", "0.0", "-0.00"}, {"-2", "-2.0"}} {
		for _, other := range same[1:] {
			if listing.Decimal(ironstar.MustDecimal(same[0])) != listing.Decimal(ironstar.MustDecimal(other)) {
				t.Errorf("%s and %s are not equal", same[0], other)
			}
		}
	}
}

// TestAbsentIsFirst: no value has the text of an absent one.
func TestAbsentIsFirst(t *testing.T) {
	least := []string{
		listing.Int(int64(math.MinInt64)), listing.Number(math.Inf(-1)), listing.Decimal(ironstar.MustDecimal("-9")), listing.Time(time.Time{}), listing.Text(""),
		listing.Bool(false), listing.Date(ironstar.Date{}), listing.Enum("x", nil), listing.Same(""), listing.SameID(ironstar.UUID{}), listing.Duration(0),
	}
	if slices.Contains(least, listing.Optional(nil, listing.Text)) {
		t.Errorf("a value is like one that is absent: %q", least)
	}
	if text := "x"; listing.Optional(&text, listing.Text) != listing.Text("x") {
		t.Error("an optional value has another text")
	}
	if listing.Number(math.Copysign(0, -1)) != listing.Number(0) {
		t.Error("there are two zeros")
	}
	if listing.Actor("") == listing.Same("") || listing.Actor("ada") != listing.Same("ada") {
		t.Error("nobody in particular is somebody")
	}
}

func TestTexts(t *testing.T) {
	for _, same := range [][2]string{{"Zürich", "ZURICH"}, {"ﬁne", "FINE"}, {"Straße", "STRASSE"}, {"ａｂｃ", "abc"}, {"é", "e\u0301"}} {
		if listing.Text(same[0]) != listing.Text(same[1]) {
			t.Errorf("%q and %q are sorted apart", same[0], same[1])
		}
	}
	if long := listing.Text(strings.Repeat("ü€", 200)); len(long) > 100 {
		t.Errorf("a text of %d bytes is compared", len(long))
	}
	for _, test := range []struct {
		text, search string
		want         bool
	}{
		{"The quick, brown Fox", "fox quick", true}, // in any order
		{"The quick, brown Fox", "Quick BRO", true},
		{"The quick, brown Fox", "qui brown", false},
		{"The quick, brown Fox", "", true},
		{"Zürich-Altstetten", "zurich alt", true},
		{"हिन्दी भाषा", "हिन्दी", true},
		{"a1 b2", "b2", true},
		{"", "x", false},
		{"xy", "y", false},
	} {
		got := true
		words := listing.Search(test.search)
		for i, w := range words {
			end := " "
			if i == len(words)-1 {
				end = ""
			}
			got = got && strings.Contains(listing.Words(test.text), " "+w+end)
		}
		if got != test.want {
			t.Errorf("%q in %q: %v", test.search, test.text, got)
		}
	}
	if n := len(listing.Search(strings.Repeat("a b ", 100))); n > 12 {
		t.Errorf("a search has %d words", n)
	}
}
