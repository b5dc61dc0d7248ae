package testcases

import (
	"cmp"
	"encoding/base64"
	"math/big"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/scalar"
)

// node is a JSON value and its type.
type node struct {
	typ           *model.Type // the type at the end of a chain of definitions
	checks        []model.Check
	field         *model.Field // the field that has the value, if it is in a struct
	raw           string       // JSON of a scalar or of a changed value
	open          byte         // '{' or '[', 0 for a scalar
	keys          []string
	kids          []*node
	alwaysRefused bool // Go must refuse it regardless of CUE
}

// text appends the JSON; full includes injected fields.
func (n *node) text(b []byte, full bool) []byte {
	if n.raw != "" || n.open == 0 {
		return append(b, n.raw...)
	}
	b = append(b, n.open)
	first := true
	for i, kid := range n.kids {
		if !full && kid.injected() {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		if n.open == '{' {
			b = append(append(b, scalar.Quote(n.keys[i])...), ':')
		}
		b = kid.text(b, full)
	}
	return append(b, n.open+2) // '}' is '{'+2 and ']' is '['+2
}

func (n *node) injected() bool { return n.field != nil && n.field.Inject != model.InjectNone }

// all lists the node and its descendants without injected fields.
func (n *node) all(found []*node) []*node {
	if n.injected() {
		return found
	}
	found = append(found, n)
	for _, kid := range n.kids {
		found = kid.all(found)
	}
	return found
}

// firstRefused returns a node that is always refused.
func (n *node) firstRefused() *node {
	for _, at := range n.all(nil) {
		if at.alwaysRefused {
			return at
		}
	}
	return nil
}

func (n *node) add(key string, kid *node) {
	n.keys = append(n.keys, key)
	n.kids = append(n.kids, kid)
}

// valueOf makes a value of a definition.
func (g *caseMaker) valueOf(n *model.Named) *node {
	g.parts, g.tooLarge = 0, false
	return g.value(&model.Type{Kind: model.Ref, Named: n})
}

// value makes a value. The value is valid if the caseMaker finds a valid one.
func (g *caseMaker) value(t *model.Type) *node {
	g.depth++
	defer func() { g.depth-- }()
	n := &node{typ: t.Underlying(), checks: scalar.Constraints(t)}
	if g.parts++; g.parts > largestValue {
		n.raw, g.tooLarge = "null", true
		return n
	}
	switch n.typ.Kind {
	case model.Struct:
		g.fill(n, n.typ.Fields)
	case model.Sum:
		n.open = '{'
		arm := g.arm(n.typ.Arms)
		n.typ = arm.Type
		g.fill(n, arm.Type.Fields)
	case model.List:
		n.open = '['
		for range g.size(n.checks, model.MinItems, model.MaxItems) {
			n.kids = append(n.kids, g.value(n.typ.Elem))
		}
	case model.Map:
		n.open = '{'
		for range g.size(n.checks, model.MinFields, model.MaxFields) {
			if key := g.key(n.typ); !contains(n.keys, key) {
				n.add(key, g.value(n.typ.Elem))
			}
		}
	default:
		n.raw = g.scalar(n.typ, n.checks)
	}
	return n
}

func contains(keys []string, key string) bool {
	for _, k := range keys {
		if k == key {
			return true
		}
	}
	return false
}

func (g *caseMaker) fill(n *node, fields []*model.Field) {
	n.open = '{'
	for _, f := range fields {
		if f.Const != nil {
			n.add(f.Name, &node{typ: &model.Type{Kind: model.Enum, Values: []model.Const{*f.Const}}, field: f, raw: scalar.JSON(*f.Const)})
			continue
		}
		if (f.Optional || f.Default != nil) && (g.IntN(3) == 0 || g.shouldEnd()) {
			continue
		}
		kid := g.value(f.Type)
		kid.field = f
		if f.Trim && kid.open == 0 {
			kid.raw = scalar.Quote(strings.TrimSpace(scalar.Unquote(kid.raw)))
		}
		n.add(f.Name, kid)
	}
}

// arm chooses a case of a sum.
func (g *caseMaker) arm(arms []*model.Named) *model.Named {
	if !g.shouldEnd() {
		return arms[g.IntN(len(arms))]
	}
	return slices.MinFunc(arms, func(a, b *model.Named) int { return cmp.Compare(g.heights[a], g.heights[b]) })
}

func (g *caseMaker) size(checks []model.Check, least, most model.Op) int {
	low, high := 0, 3
	if g.shouldEnd() {
		high = 0
	}
	for _, c := range checks {
		switch c.Op {
		case least:
			low = max(low, int(c.Count))
		case most:
			if !g.shouldEnd() {
				high = min(int(c.Count), high+3)
			}
		}
	}
	if high < low {
		high = low
	}
	return low + g.IntN(high-low+1)
}

func (g *caseMaker) key(t *model.Type) string {
	if t.Key == nil {
		return g.letters(1 + g.IntN(4))
	}
	key := t.Key.Underlying()
	if key.Kind == model.Enum {
		return key.Values[g.IntN(len(key.Values))].Text
	}
	return scalar.Unquote(g.scalar(key, scalar.Constraints(t.Key)))
}

// alphabet has characters of one, two, three and four bytes.
var alphabet = []string{"a", "Z", "7", "é", "€", "😀"}

func (g *caseMaker) letters(n int) string {
	var b strings.Builder
	one := g.IntN(3) == 0
	c := alphabet[g.IntN(len(alphabet))]
	for range n {
		if !one {
			c = alphabet[g.IntN(len(alphabet))]
		}
		b.WriteString(c)
	}
	return b.String()
}

// scalar draws scalars until one meets the constraints.
func (g *caseMaker) scalar(t *model.Type, checks []model.Check) string {
	var json string
	for range 40 {
		json = g.draw(t, checks)
		if scalar.Meets(checks, json) {
			return json
		}
	}
	return json
}

func (g *caseMaker) draw(t *model.Type, checks []model.Check) string {
	switch t.Kind {
	case model.Int:
		return g.drawInt(checks)
	case model.Number:
		return g.drawNumber(checks)
	case model.Bool:
		return strconv.FormatBool(g.IntN(2) == 0)
	case model.Enum:
		return scalar.JSON(t.Values[g.IntN(len(t.Values))])
	case model.Time:
		return scalar.Quote(g.moment().Format(time.RFC3339Nano))
	case model.Date:
		return scalar.Quote(g.moment().Format(time.DateOnly))
	case model.Decimal:
		return scalar.Quote(g.drawDecimal(checks))
	case model.Duration:
		return scalar.Quote(ironstar.FormatDuration(g.length()))
	case model.Bytes:
		return scalar.Quote(base64.StdEncoding.EncodeToString(g.someBytes(checks)))
	case model.UUID:
		var b [16]byte
		for i := range b {
			b[i] = byte(g.IntN(256))
		}
		hex := strconv.FormatUint(uint64(g.Uint32())|1<<32, 16)[1:]
		return scalar.Quote(hex + "-1111-4222-8333-" + hex + "abcd")
	}
	return scalar.Quote(g.drawString(checks))
}

func (g *caseMaker) moment() time.Time {
	t := time.Unix(g.Int64N(4e9), 0).UTC()
	switch g.IntN(4) {
	case 0:
		t = t.Add(time.Duration(g.IntN(1e9)))
	case 1:
		t = t.In(time.FixedZone("", (g.IntN(24*60)-12*60)*60))
	}
	return t
}

// length draws a duration, usually with few digits.
func (g *caseMaker) length() time.Duration {
	unit := []time.Duration{time.Hour, time.Minute, time.Second, 250 * time.Millisecond, 1}[g.IntN(5)]
	return time.Duration(g.IntN(300)) * unit
}

func (g *caseMaker) drawInt(checks []model.Check) string {
	n := big.NewInt(int64(g.IntN(200) - 100))
	for _, c := range checks {
		if by, ok := new(big.Int).SetString(c.Num, 10); ok && g.IntN(2) == 0 {
			if c.Op == model.MultipleOf {
				n.Mul(by, big.NewInt(int64(g.IntN(10))))
			} else {
				n.Add(by, big.NewInt(int64(g.IntN(5)-2)))
			}
		}
	}
	return n.String()
}

func (g *caseMaker) drawNumber(checks []model.Check) string {
	f := float64(g.IntN(4000)-2000) / 16
	for _, c := range checks {
		if by, err := strconv.ParseFloat(c.Num, 64); err == nil && g.IntN(2) == 0 {
			if c.Op == model.MultipleOf {
				f = by * float64(g.IntN(20))
			} else {
				f = by + float64(g.IntN(9)-4)/4
			}
		}
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func (g *caseMaker) drawString(checks []model.Check) string {
	low, high := 0, 12
	prefix, suffix, part, layout := "", "", "", ""
	var patterns []string
	for _, c := range checks {
		switch c.Op {
		case model.MinRunes:
			low = max(low, int(c.Count))
			high = max(high, low)
		case model.MaxRunes:
			if g.IntN(4) == 0 || int(c.Count) < high {
				high = int(c.Count)
			}
		case model.HasPrefix:
			prefix = c.Text
		case model.HasSuffix:
			suffix = c.Text
		case model.Contains:
			part = c.Text
		case model.TimeFormat:
			layout = c.Text
		case model.Match:
			patterns = append(patterns, c.Text)
		}
	}
	switch {
	case layout != "":
		return g.moment().Format(layout)
	case len(patterns) > 0:
		return g.sample(patterns[g.IntN(len(patterns))])
	}
	fixed := utf8.RuneCountInString(prefix + suffix + part)
	n := max(0, low+g.IntN(max(1, high-low+1))-fixed)
	return prefix + g.letters(n/2) + part + g.letters(n-n/2) + suffix
}

// sample draws a text that usually matches a regular expression.
func (g *caseMaker) sample(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	g.match(&b, re)
	return b.String()
}

func (g *caseMaker) match(b *strings.Builder, re *syntax.Regexp) {
	repeat := func(low, high int) {
		for range low + g.IntN(high-low+1) {
			g.match(b, re.Sub[0])
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		i := 2 * g.IntN(len(re.Rune)/2)
		b.WriteRune(re.Rune[i] + rune(g.IntN(int(min(re.Rune[i+1]-re.Rune[i], 200))+1)))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteString(g.letters(1))
	case syntax.OpStar:
		repeat(0, 3)
	case syntax.OpPlus:
		repeat(1, 3)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		high := re.Max
		if high < 0 {
			high = re.Min + 2
		}
		repeat(re.Min, high)
	case syntax.OpAlternate:
		g.match(b, re.Sub[g.IntN(len(re.Sub))])
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			g.match(b, sub)
		}
	}
}
