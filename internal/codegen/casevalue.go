package codegen

import (
	"math/big"
	"regexp"
	"regexp/syntax"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ironstar.dev/internal/model"
)

// node is a piece of JSON and what it is a value of.
type node struct {
	typ    *model.Type // what a chain of definitions ends in
	checks []model.Check
	field  *model.Field // if it is in a struct
	raw    string       // a scalar's JSON, or a spoilt value's
	open   byte         // '{' or '[', 0 for a scalar
	keys   []string
	kids   []*node
	ours   bool // refused whatever CUE says
}

// text writes the JSON; full includes what the boundary fills in.
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
			b = append(append(b, quoteJSON(n.keys[i])...), ':')
		}
		b = kid.text(b, full)
	}
	return append(b, n.open+2) // } is { and 2, ] is [ and 2
}

func (n *node) injected() bool { return n.field != nil && n.field.Inject != model.InjectNone }

// all lists the node and what is in it, without what the boundary fills in.
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

// spoiled finds a node that is refused whatever CUE says.
func (n *node) spoiled() *node {
	for _, at := range n.all(nil) {
		if at.ours {
			return at
		}
	}
	return nil
}

func (n *node) add(key string, kid *node) {
	n.keys = append(n.keys, key)
	n.kids = append(n.kids, kid)
}

// constraints gathers the checks of a type and of what it refers to.
func constraints(t *model.Type) []model.Check {
	var all []model.Check
	for ; t.Kind == model.Ref; t = t.Named.Type {
		all = append(all, t.Checks...)
	}
	return append(all, t.Checks...)
}

const deepest = 6

// value makes a value that is valid as far as possible.
func (g *caseMaker) value(t *model.Type) *node {
	g.depth++
	defer func() { g.depth-- }()
	n := &node{typ: base(t), checks: constraints(t)}
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
			n.add(f.Name, &node{typ: &model.Type{Kind: model.Enum, Values: []model.Const{*f.Const}}, field: f, raw: constantJSON(*f.Const)})
			continue
		}
		if (f.Optional || f.Default != nil) && (g.IntN(3) == 0 || g.depth > deepest) {
			continue
		}
		kid := g.value(f.Type)
		kid.field = f
		if f.Trim && kid.open == 0 {
			kid.raw = quoteJSON(strings.TrimSpace(unquote(kid.raw)))
		}
		n.add(f.Name, kid)
	}
}

// arm chooses a case of a sum; deep inside, one that holds nothing.
func (g *caseMaker) arm(arms []*model.Named) *model.Named {
	if g.depth > deepest {
		for _, arm := range arms {
			flat := true
			for _, f := range arm.Type.Fields {
				flat = flat && (f.Const != nil || isScalar(base(f.Type)))
			}
			if flat {
				return arm
			}
		}
	}
	return arms[g.IntN(len(arms))]
}

func (g *caseMaker) size(checks []model.Check, least, most model.Op) int {
	low, high := 0, 3
	if g.depth > deepest {
		high = 0
	}
	for _, c := range checks {
		switch c.Op {
		case least:
			low = max(low, int(c.Count))
		case most:
			high = min(int(c.Count), high+3)
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
	key := base(t.Key)
	if key.Kind == model.Enum {
		return key.Values[g.IntN(len(key.Values))].Text
	}
	return unquote(g.scalar(key, constraints(t.Key)))
}

func unquote(json string) string {
	s, err := strconv.Unquote(json)
	if err != nil {
		return strings.Trim(json, `"`)
	}
	return s
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

// scalar makes a scalar, trying until the constraints are met.
func (g *caseMaker) scalar(t *model.Type, checks []model.Check) string {
	var json string
	for range 40 {
		json = g.draw(t, checks)
		if meets(t, checks, json) {
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
		return constantJSON(t.Values[g.IntN(len(t.Values))])
	case model.Time:
		return quoteJSON(g.moment().Format(time.RFC3339Nano))
	case model.Date:
		return quoteJSON(g.moment().Format(time.DateOnly))
	case model.Decimal:
		return quoteJSON(strconv.FormatFloat(float64(g.IntN(2000)-1000)/8, 'f', -1, 64))
	case model.UUID:
		var b [16]byte
		for i := range b {
			b[i] = byte(g.IntN(256))
		}
		hex := strconv.FormatUint(uint64(g.Uint32())|1<<32, 16)[1:]
		return quoteJSON(hex + "-1111-4222-8333-" + hex + "abcd")
	}
	return quoteJSON(g.drawString(checks))
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

// sample is a text that matches a regular expression, mostly.
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

// meets says whether a scalar's JSON meets constraints: to make values that are
// mostly valid, and to know what forms must ask for.
func meets(t *model.Type, checks []model.Check, json string) bool {
	for _, c := range checks {
		if !meetsOne(t, c, json) {
			return false
		}
	}
	return true
}

func meetsOne(t *model.Type, c model.Check, json string) bool {
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
	s := unquote(json)
	switch c.Op {
	case model.NotEqual:
		return json != constantJSON(*c.Value)
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
