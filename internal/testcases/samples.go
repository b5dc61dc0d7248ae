package testcases

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev"
	"ironstar.dev/internal/codegen"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// Limits of golden samples. They are committed, and people read them.
const (
	mostSamples  = 400  // of one payload
	longestText  = 2000 // runes
	largestList  = 50   // elements
	sampleValues = 60   // of one scalar
)

// Samples makes golden samples of a payload. They are valid JSON, and show
// everything that a store may hold and a change of the schema could break:
//   - the least and the greatest payload;
//   - each optional or defaulted field, present and absent;
//   - each value of an enum, and each case of a union;
//   - bounds, and the values next to them that the type allows;
//   - characters of one to four bytes, and integers around 2^53;
//   - empty and full lists and maps.
//
// Samples depend on the type only.
func Samples(n *model.Named) [][]byte {
	g := &sampler{caseMaker: newCaseMaker(codegen.Root{Named: n}), open: map[*model.Named]int{}}
	t := &model.Type{Kind: model.Ref, Named: n}
	seen := map[string]bool{}
	var all [][]byte
	for _, json := range g.variants(t) {
		if len(all) < mostSamples && !seen[json] {
			seen[json] = true
			all = append(all, []byte(json))
		}
	}
	return all
}

// sampler makes the variants of a type. The first is the least, the second the
// greatest.
type sampler struct {
	*caseMaker
	open map[*model.Named]int // the number of times that a definition is nested now, to stop recursion
}

const reopened = 1 // the number of times that a definition may be nested in itself

func (g *sampler) variants(t *model.Type) []string {
	return g.of(t, nil)
}

// of lists variants of a type with additional constraints.
func (g *sampler) of(t *model.Type, checks []model.Check) []string {
	checks = slices.Concat(checks, t.Checks)
	switch t.Kind {
	case model.Ref:
		if g.open[t.Named] > reopened {
			return nil
		}
		g.open[t.Named]++
		defer func() { g.open[t.Named]-- }()
		return g.of(t.Named.Type, checks)
	case model.Struct:
		return g.structs(t.Fields)
	case model.Sum:
		var all []string
		for _, arm := range t.Arms {
			all = append(all, g.of(&model.Type{Kind: model.Ref, Named: arm}, nil)...)
		}
		return all
	case model.List:
		return g.lists(t, checks)
	case model.Map:
		return g.maps(t, checks)
	}
	return g.scalars(t, checks)
}

// part is a field with its variants; "" means absent.
type part struct {
	key string
	can []string
}

// structs lists the least struct, the greatest, and then one for each variant of
// each field. In these, the other fields are as in the greatest.
func (g *sampler) structs(fields []*model.Field) []string {
	var parts []part
	for _, f := range fields {
		p := part{key: scalar.Quote(f.Name)}
		switch {
		case f.Const != nil:
			p.can = []string{scalar.JSON(*f.Const)}
		default:
			values := g.of(f.Type, nil)
			if f.Default != nil {
				values = append(values, f.Default.JSON)
			}
			if f.Optional || f.Default != nil {
				p.can = []string{""}
			}
			p.can = append(p.can, values...)
			if len(p.can) == 0 {
				return nil // the recursion is too deep
			}
		}
		parts = append(parts, p)
	}
	all := []string{object(parts, func(p part) string { return p.can[0] }), object(parts, most)}
	for i := range parts {
		for _, value := range parts[i].can {
			all = append(all, object(parts, func(p part) string {
				if p.key == parts[i].key {
					return value
				}
				return most(p)
			}))
		}
		if len(parts[i].can) > 1 && parts[i].can[0] == "" { // alone next to the least
			all = append(all, object(parts, func(p part) string {
				if p.key == parts[i].key {
					return p.can[1]
				}
				return p.can[0]
			}))
		}
	}
	return all
}

// most returns the value of a field in the greatest struct.
func most(p part) string {
	if len(p.can) > 2 && p.can[0] == "" {
		return p.can[2]
	}
	return p.can[min(1, len(p.can)-1)]
}

func object(parts []part, choose func(part) string) string {
	var fields []string
	for _, p := range parts {
		if v := choose(p); v != "" {
			fields = append(fields, p.key+":"+v)
		}
	}
	return "{" + strings.Join(fields, ",") + "}"
}

// sizes returns lengths at and next to the bounds of a list or map, the least
// and the greatest first.
func sizes(checks []model.Check, least, most model.Op) []int {
	low, high := 0, math.MaxInt
	for _, c := range checks {
		switch c.Op {
		case least:
			low = max(low, int(min(c.Count, largestList+1)))
		case most:
			high = min(high, int(c.Count))
		}
	}
	want := []int{low, min(high, low+2), low + 1, high - 1, high}
	var out []int
	for _, n := range want {
		if n >= low && n <= high && (n <= largestList || n == low) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// lists makes lists whose elements go through all variants.
func (g *sampler) lists(t *model.Type, checks []model.Check) []string {
	elems := distinctStrings(g.of(t.Elem, nil))
	unique := slices.ContainsFunc(checks, func(c model.Check) bool { return c.Op == model.UniqueItems })
	var all []string
	for _, n := range sizes(checks, model.MinItems, model.MaxItems) {
		if n > 0 && len(elems) == 0 || unique && n > len(elems) {
			continue
		}
		var items []string
		for i := range n {
			items = append(items, elems[i%len(elems)])
		}
		all = append(all, "["+strings.Join(items, ",")+"]")
	}
	sizesOf := sizes(checks, model.MinItems, model.MaxItems)
	if len(sizesOf) == 0 || slices.Max(sizesOf) == 0 {
		return all
	}
	n := max(1, sizesOf[0])
	for i := range elems { // each element is the first one once
		var items []string
		for k := range n {
			items = append(items, elems[(i+k)%len(elems)])
		}
		if !unique || n <= len(elems) {
			all = append(all, "["+strings.Join(items, ",")+"]")
		}
	}
	return all
}

func distinctStrings(all []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		was := seen[s]
		seen[s] = true
		return was
	})
}

func (g *sampler) maps(t *model.Type, checks []model.Check) []string {
	elems := distinctStrings(g.of(t.Elem, nil))
	keys := []string{`"a"`, `"é"`, `"€"`, `"😀"`, `"a b"`, `"\""`, `"0"`}
	if t.Key != nil {
		keys = distinctStrings(g.of(t.Key, nil))
	}
	entries := func(n, from int) string {
		var b []string
		for i := range n {
			b = append(b, keys[(from+i)%len(keys)]+":"+elems[(from+i)%len(elems)])
		}
		return "{" + strings.Join(b, ",") + "}"
	}
	var all []string
	can := sizes(checks, model.MinFields, model.MaxFields)
	for _, n := range can {
		if n <= len(keys) && (n == 0 || len(elems) > 0) {
			all = append(all, entries(n, 0))
		}
	}
	if len(can) == 0 || slices.Max(can) == 0 || len(elems) == 0 {
		return all
	}
	if n := max(1, can[0]); n <= len(keys) {
		for i := range max(len(keys), len(elems)) {
			all = append(all, entries(n, i))
		}
	}
	return all
}

// scalars returns candidates that meet the constraints.
func (g *sampler) scalars(t *model.Type, checks []model.Check) []string {
	var candidates []string
	switch t.Kind {
	case model.Bool:
		return []string{"false", "true"}
	case model.Enum:
		for _, v := range t.Values {
			candidates = append(candidates, scalar.JSON(v))
		}
	case model.Int:
		candidates = integers(checks)
	case model.Number:
		candidates = numbers(checks)
	case model.Time:
		candidates = quotedAll("0001-01-01T00:00:00Z", "2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000000001Z", "2006-01-02T15:04:05.5+05:30",
			"1969-12-31T23:59:59-11:00", "9999-12-31T23:59:59.999999999Z")
	case model.Date:
		candidates = quotedAll("0001-01-01", "2006-01-02", "2024-02-29", "9999-12-31")
	case model.Decimal:
		candidates = quotedAll("0", "12.50", "-0.5", "0.10", "-12345678901234567890.123456789", "9007199254740993")
		candidates = append(candidates, decimals(checks)...)
	case model.UUID:
		candidates = quotedAll("00000000-0000-0000-0000-000000000000", "0190b6a4-7e1c-7c3a-9d52-0f4be4a1c2d3", "ffffffff-ffff-ffff-ffff-ffffffffffff")
	case model.Duration:
		candidates = quotedAll("PT0S", "PT1H30M", "PT0.000000001S", "PT59.5S", "PT24H0.25S", ironstar.FormatDuration(ironstar.MaxDuration))
	case model.Bytes:
		candidates = byteSamples(checks)
	default:
		candidates = g.texts(checks)
	}
	candidates = slices.DeleteFunc(distinctStrings(candidates), func(c string) bool { return !scalar.Meets(checks, c) })
	for try := 0; len(candidates) < 3 && try < 20; try++ { // patterns allow few texts
		if c := g.scalar(t, checks); scalar.Meets(checks, c) && !slices.Contains(candidates, c) {
			candidates = append(candidates, c)
		}
	}
	return candidates[:min(len(candidates), sampleValues)]
}

func quotedAll(texts ...string) []string {
	var out []string
	for _, s := range texts {
		out = append(out, scalar.Quote(s))
	}
	return out
}

// integers returns small integers, integers around each bound and around 2^53, and
// the ends of int64.
func integers(checks []model.Check) []string {
	ints := []int64{0, 1, -1}
	step := int64(1)
	for _, c := range checks {
		n, err := strconv.ParseInt(c.Num, 10, 64)
		if err != nil {
			continue
		}
		if c.Op == model.MultipleOf {
			step = max(n, -n, 1)
			ints = append(ints, n, -n)
			continue
		}
		ints = append(ints, n, n-1, n+1)
	}
	ints = append(ints, 1<<53-1, 1<<53, 1<<53+1, -(1<<53 - 1), -(1 << 53), -(1<<53 + 1), math.MaxInt64, math.MinInt64)
	var out []string
	for _, n := range ints {
		out = append(out, strconv.FormatInt(n, 10))
		if step > 1 {
			out = append(out, strconv.FormatInt(n-n%step, 10))
		}
	}
	return out
}

func numbers(checks []model.Check) []string {
	floats := []float64{0, 1.5, -1.5, 1}
	for _, c := range checks {
		if n, err := strconv.ParseFloat(c.Num, 64); err == nil {
			floats = append(floats, n, n-1, n+1, n-0.25, n+0.25)
		}
	}
	floats = append(floats, 1<<53-1, 1<<53, 1<<53+2, -(1 << 53), 0.1, 1e15)
	var out []string
	for _, f := range floats {
		out = append(out, strconv.FormatFloat(f, 'f', -1, 64))
	}
	return out
}

// texts returns the empty text, texts with characters of each length in bytes, and
// texts whose length is a bound or one character off.
func (g *sampler) texts(checks []model.Check) []string {
	all := []string{"", "milk", "a", "é", "€", "😀", "aé€😀", " a b ", "\"\\/\n\t", "\u0000\u001f\u007f\u2028", "e\u0301"}
	for _, c := range checks {
		switch c.Op {
		case model.MinRunes, model.MaxRunes:
			for _, n := range []int64{c.Count, c.Count - 1, c.Count + 1} {
				if n > 0 && n <= longestText {
					all = append(all, strings.Repeat("a", int(n)), strings.Repeat("😀", int(n)))
				}
			}
		case model.HasPrefix, model.HasSuffix, model.Contains:
			all = append(all, c.Text, c.Text+c.Text)
		case model.TimeFormat:
			for _, at := range []time.Time{time.Unix(0, 0).UTC(), time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC), time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)} {
				all = append(all, at.Format(c.Text))
			}
		}
	}
	for range 6 {
		all = append(all, scalar.Unquote(g.drawString(checks)))
	}
	all = slices.DeleteFunc(all, func(s string) bool { return !utf8.ValidString(s) })
	return quotedAll(all...)
}
