package testcases

import (
	"math/big"
	"strconv"
	"strings"
	"unicode"

	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
	"ironstar.dev/internal/shape"
)

// mutation changes one node of a value, or only its spelling.
type mutation struct {
	why           string
	alwaysRefused bool // Go must refuse the value, whatever the verdict of CUE
	do            func(*caseMaker, *node) bool
}

// Mutations that do not apply to signals, which may have other fields.
const (
	fieldTooMany       = "a field too many"
	fieldInAnotherCase = "a field in another case"
)

// mutations lists the mutations of each kind of value.
var mutations = map[string][]mutation{
	"string": append([]mutation{
		{"length at a bound", false, atLength},
		{"length at a bound", false, atLength},
		{"another text", false, (*caseMaker).near},
		{"written with escapes", false, escaped},
		{"empty", false, is(`""`)},
		{"half a surrogate pair", true, is(`"\ud800"`)},
		{"a surrogate pair the wrong way round", true, is(`"\udc00\ud800"`)},
		{"invalid UTF-8", true, is("\"\xff\"")},
		{"a bare line break", true, is("\"a\nb\"")},
		{"a bare control character", false, oneOfThese("\"\x00\"", "\"a\x01\"", "\"\t\"", "\"a\x1f\"", "\"a\x7f\"")},
		{"an escaped control character", false, suffixed(`\u0000`)},
		{"an escaped control character", false, suffixed(`\u001b`)},
		{"a bare U+FEFF", false, suffixed("\ufeff")},
		{"an escaped U+FEFF", false, suffixed(`\ufeff`)},
		{"an unknown escape", true, is(`"\x41"`)},
	}, anything...),
	"int": append([]mutation{
		{"at a bound", false, atBound},
		{"at a bound", false, atBound},
		{"beside a multiple", false, atMultiple},
		{"as a float", false, suffixed(".0")},
		{"with an exponent", false, suffixed("e2")},
		{"with a leading zero", true, func(_ *caseMaker, n *node) bool { n.raw = "0" + strings.TrimPrefix(n.raw, "-"); return true }},
		{"2^53", false, oneOfThese("9007199254740991", "9007199254740992", "9007199254740993", "-9007199254740992")},
		{"the ends of int64", false, oneOfThese("9223372036854775807", "-9223372036854775808")},
		{"beyond int64", true, oneOfThese("9223372036854775808", "-9223372036854775809", "1e30", "123456789012345678901234567890")},
		{"minus nothing", false, is("-0")},
	}, anything...),
	"number": append([]mutation{
		{"at a bound", false, atBound},
		{"at a bound", false, atBound},
		{"beside a multiple", false, atMultiple},
		{"with an exponent", false, is("1e2")},
		{"beyond float64", true, oneOfThese("1e400", "-1e999")},
		{"more digits than float64 keeps", true, is("0.1234567890123456789")},
		{"minus nothing", false, is("-0.0")},
		{"malformed", true, oneOfThese("1.", ".5", "+1", "1e", "NaN", "0x10")},
	}, anything...),
	"bool": append([]mutation{{"the other", false, oneOfThese("true", "false")}, {"as text", false, is(`"true"`)}}, anything...),
	"time": append([]mutation{{"odd time", false, oneOfThese(
		`"2024-02-29T23:59:59Z"`, `"2023-02-29T00:00:00Z"`, `"2024-01-01T24:00:00Z"`, `"2024-01-01T00:00:60Z"`, `"2024-01-01"`,
		`"2024-01-01t00:00:00z"`, `"2024-01-01 00:00:00Z"`, `"2024-01-01T00:00:00"`, `"2024-01-01T00:00:00+01:30"`, `"2024-01-01T00:00:00.123456789Z"`,
		`"2024-01-01T00:00:00-24:00"`, `"0000-01-01T00:00:00Z"`, `"10000-01-01T00:00:00Z"`, `"2024-01-01T0:00:00Z"`, `"2024-01-01T00:00:00,5Z"`)}}, anything...),
	"date": append([]mutation{{"odd day", false, oneOfThese(
		`"2024-02-29"`, `"2023-02-29"`, `"2024-13-01"`, `"2024-1-1"`, `"0000-01-01"`, `"9999-12-31"`, `"2024-01-01T00:00:00Z"`, `" 2024-01-01"`)}}, anything...),
	"decimal": append([]mutation{
		{"at a bound", false, atDecimalBound}, {"at a bound", false, atDecimalBound}, {"at a bound", false, atDecimalBound}, {"odd decimal", false, oneOfThese(
			`"1."`, `".5"`, `"01"`, `"+1"`, `"1e5"`, `"-0"`, `"0.10"`, `"-"`, `""`, `" 1"`, `"1\n"`, `"123456789012345678901234567890.5"`, `12.5`)}}, anything...),
	"uuid": append([]mutation{{"odd id", false, oneOfThese(
		`"00000000-0000-0000-0000-000000000000"`, `"00000000-0000-0000-0000-00000000000A"`, `"00000000-0000-0000-0000-00000000000"`,
		`"000000000000-0000-0000-000000000000"`, `"{0000000-0000-0000-0000-000000000000"`, `"00000000-0000-0000-0000-0000000000000"`)}}, anything...),
	"duration": append([]mutation{{"odd length of time", false, oneOfThese(
		`"PT0S"`, `"PT60M"`, `"PT1M60S"`, `"PT1H0M"`, `"PT01H"`, `"P1D"`, `"-PT1S"`, `"1h30m"`, `"PT1.50S"`, `"PT0.0000000001S"`, `"PT1000000H"`,
		`"PT999999H59M59.999999999S"`, `"PT1S\n"`, `"PT"`, `"pt1s"`, `90`)}}, anything...),
	"bytes": append([]mutation{
		{"size at a bound", false, atByteSize}, {"size at a bound", false, atByteSize}, {"empty", false, is(`""`)},
		{"odd base64", false, oneOfThese(`"AA"`, `"AA="`, `"AB=="`, `"AAB="`, `"AA==AA=="`, `"A A="`, `"AAA\n"`, `"AA==\n"`, `"_-__"`, `"===="`, `"\u0041AA="`)},
	}, anything...),
	"enum": append([]mutation{
		{"another value", false, otherValue}, {"another value", false, otherValue}, {"wrong case", false, otherCase},
		{"next to a value", false, suffixed("0")},
	}, anything...),
	"object": {
		{"a field left out", false, dropField},
		{"a field left out", false, dropField},
		{fieldInAnotherCase, true, renameField},
		{"a field twice", true, repeatField},
		{fieldTooMany, true, extraField},
		{"null", false, is("null")},
		{"wrong type", false, oneOfThese(`"x"`, "1", "true", "[]", "[{}]")},
	},
	"list": append([]mutation{
		{"size at a bound", false, atSize}, {"size at a bound", false, atSize},
		{"an element twice", false, repeatElement}, {"empty", false, is("[]")},
	}, anything...),
	"map": append([]mutation{
		{"size at a bound", false, atSize}, {"another key", false, otherKey}, {"another key", false, otherKey}, {"empty", false, is("{}")},
	}, anything...),
}

// anything are mutations for all kinds of values.
var anything = []mutation{
	{"null", false, is("null")},
	{"wrong type", false, oneOfThese(`"x"`, "1", "true", "[]", "[1]", `{"x":1}`)},
}

func (n *node) kind() string {
	switch n.typ.Kind {
	case model.Struct, model.Sum:
		return "object"
	case model.List:
		return "list"
	case model.Map:
		return "map"
	case model.Enum:
		return "enum"
	case model.String:
		return "string"
	}
	return shape.Of(n.typ).Kind
}

// token returns the first character of the JSON: '"', 't', 'n', '0', '{' or
// '['.
func (n *node) token() byte {
	first := n.open
	if n.raw != "" {
		first = n.raw[0]
	}
	switch {
	case first == 'f':
		return 't'
	case first == '-' || '0' <= first && first <= '9':
		return '0'
	}
	return first
}

func is(json string) func(*caseMaker, *node) bool { return oneOfThese(json) }

func oneOfThese(json ...string) func(*caseMaker, *node) bool {
	return func(g *caseMaker, n *node) bool {
		n.raw = json[g.IntN(len(json))]
		return true
	}
}

// suffixed appends a text to a scalar, inside its quotes.
func suffixed(with string) func(*caseMaker, *node) bool {
	return func(_ *caseMaker, n *node) bool {
		if strings.HasSuffix(n.raw, `"`) {
			n.raw = n.raw[:len(n.raw)-1] + with + `"`
		} else {
			n.raw += with
		}
		return true
	}
}

// around returns n-1, n or n+1.
func (g *caseMaker) around(n int64) int { return int(max(0, n+int64(g.IntN(3)-1))) }

func (g *caseMaker) someCheck(n *node, ops ...model.Op) (model.Check, bool) {
	var found []model.Check
	for _, c := range n.checks {
		for _, op := range ops {
			if c.Op == op {
				found = append(found, c)
			}
		}
	}
	if len(found) == 0 {
		return model.Check{}, false
	}
	return found[g.IntN(len(found))], true
}

func atLength(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.MinRunes, model.MaxRunes)
	if ok {
		n.raw = scalar.Quote(strings.Repeat(alphabet[g.IntN(len(alphabet))], g.around(c.Count)))
	}
	return ok
}

// near makes a text close to the value, or one that a constraint mentions.
func (g *caseMaker) near(n *node) bool {
	s := []rune(scalar.Unquote(n.raw))
	if c, ok := g.someCheck(n, model.NotEqual, model.HasPrefix, model.HasSuffix, model.Contains, model.NotMatch); ok && g.IntN(2) == 0 {
		switch {
		case c.Value != nil:
			s = []rune(c.Value.Text)
		case c.Op == model.NotMatch:
			forbidden := []rune(g.sample(c.Text))
			if g.IntN(2) == 0 { // the pattern may be anchored
				s = nil
			}
			s = append(s, forbidden...)
		default:
			s = []rune(c.Text)
			if g.IntN(2) == 0 {
				s = append([]rune("x"), s...)
			}
		}
	} else if len(s) == 0 {
		s = []rune("x")
	} else {
		i := g.IntN(len(s))
		switch g.IntN(4) {
		case 0:
			s = append(s[:i:i], s[i+1:]...)
		case 1:
			s = append(s[:i:i], append([]rune{'q'}, s[i:]...)...)
		case 2:
			s[i] = unicode.SimpleFold(s[i])
		default:
			s = append(s, s...)
		}
	}
	n.raw = scalar.Quote(strings.TrimSpace(string(s)))
	return true
}

func escaped(_ *caseMaker, n *node) bool {
	var b strings.Builder
	for _, r := range scalar.Unquote(n.raw) {
		if r > 0xffff {
			b.WriteRune(r)
			continue
		}
		b.WriteString(`\u` + strconv.FormatInt(int64(r)|1<<16, 16)[1:])
	}
	n.raw = `"` + b.String() + `"`
	return true
}

func atBound(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.Greater, model.GreaterOrEqual, model.Less, model.LessOrEqual)
	if !ok {
		if c, ok = g.someCheck(n, model.NotEqual); ok {
			n.raw = scalar.JSON(*c.Value)
		}
		return ok
	}
	v, _ := new(big.Rat).SetString(c.Num)
	step := big.NewRat(int64(g.IntN(3)-1), 1)
	if n.typ.Kind == model.Number {
		step = big.NewRat(int64(g.IntN(5)-2), 4)
	}
	v.Add(v, step)
	n.raw = strings.TrimRight(strings.TrimRight(v.FloatString(6), "0"), ".")
	if v.IsInt() {
		n.raw = v.Num().String()
	}
	n.alwaysRefused = n.typ.Kind == model.Int && !v.Num().IsInt64() || n.typ.Kind == model.Number && len(n.raw) > 17
	return true
}

func atMultiple(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.MultipleOf)
	if !ok {
		return false
	}
	by, _ := new(big.Rat).SetString(c.Num)
	by.Mul(by, big.NewRat(int64(g.IntN(20)), 1))
	switch {
	case g.IntN(2) == 0:
	case n.typ.Kind == model.Number:
		by.Add(by, big.NewRat(1, 8))
	default:
		by.Add(by, big.NewRat(1, 1))
	}
	n.raw = by.FloatString(6)
	if strings.Contains(n.raw, ".") {
		n.raw = strings.TrimRight(strings.TrimRight(n.raw, "0"), ".")
	}
	return true
}

func otherValue(g *caseMaker, n *node) bool {
	if n.field != nil && n.field.Const != nil {
		n.raw = `"other"`
		return true
	}
	n.raw = scalar.JSON(n.typ.Values[g.IntN(len(n.typ.Values))])
	return true
}

func otherCase(_ *caseMaker, n *node) bool {
	if upper := strings.ToUpper(n.raw); upper != n.raw {
		n.raw = upper
	} else {
		n.raw = strings.ToLower(n.raw)
	}
	return true
}

func dropField(g *caseMaker, n *node) bool {
	return g.changeField(n, func(i int) {
		f := n.kids[i].field
		n.alwaysRefused = f != nil && f.Required()
		n.keys = append(n.keys[:i:i], n.keys[i+1:]...)
		n.kids = append(n.kids[:i:i], n.kids[i+1:]...)
	})
}

// changeField changes a field that is not injected.
func (g *caseMaker) changeField(n *node, change func(i int)) bool {
	if len(n.kids) == 0 {
		return false
	}
	i := g.IntN(len(n.kids))
	if n.kids[i].injected() {
		return false
	}
	change(i)
	return true
}

func renameField(g *caseMaker, n *node) bool {
	changed := false
	return g.changeField(n, func(i int) {
		other := naming.Title(n.keys[i])
		changed = other != n.keys[i] // "$" has no upper or lower case
		n.keys[i] = other
	}) && changed
}

func repeatField(g *caseMaker, n *node) bool {
	return g.changeField(n, func(i int) { n.add(n.keys[i], n.kids[i]) })
}

func extraField(g *caseMaker, n *node) bool {
	n.add("zzz"+g.letters(1), &node{typ: &model.Type{Kind: model.Bool}, raw: "true"})
	return true
}

func atSize(g *caseMaker, n *node) bool {
	c, ok := g.someCheck(n, model.MinItems, model.MaxItems, model.MinFields, model.MaxFields)
	if !ok || c.Count > 200 {
		return false
	}
	want := g.around(c.Count)
	for tries := 0; len(n.kids) < want && tries < 1000; tries++ {
		if n.typ.Kind == model.List {
			n.kids = append(n.kids, g.value(n.typ.Elem))
		} else if key := g.key(n.typ); !contains(n.keys, key) {
			n.add(key, g.value(n.typ.Elem))
		}
	}
	n.kids = n.kids[:min(want, len(n.kids))]
	return true
}

func repeatElement(g *caseMaker, n *node) bool {
	if len(n.kids) == 0 {
		n.kids = append(n.kids, g.value(n.typ.Elem))
	}
	n.kids = append(n.kids, n.kids[g.IntN(len(n.kids))])
	return true
}

func otherKey(g *caseMaker, n *node) bool {
	key := []string{"", "x", "ABC", "abc", "a b", "é", g.letters(3)}[g.IntN(7)]
	if contains(n.keys, key) {
		return false
	}
	n.add(key, g.value(n.typ.Elem))
	return true
}
