package codegen

import (
	"math/big"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev/internal/model"
)

// formFields declares what HTML can say about the fields of a command that
// people fill in: those that fit in one input, and no ids.
func (c *context) formFields(cmd *model.Command) jen.Code {
	var fields []jen.Code
	for _, f := range readable(cmd.Payload.Type) {
		t := base(f.Type)
		if f.Const == nil && isScalar(t) && t.Kind != model.UUID {
			name := cmd.Payload.GoName + f.GoName
			if n := goNamed(f.Type); n != nil && n.GoName == name {
				name += "Field" // the enum, which is written in place, has the name
			}
			fields = append(fields, jen.Id(name).Op("=").Add(root("FormField")).Values(formField(f)...))
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return comment("The fields of " + cmd.Payload.GoName + " in a form.").Var().Defs(fields...)
}

// limits is what HTML can check, gathered from the constraints of a type and
// of what it refers to.
type limits struct {
	minRunes, maxRunes int64
	min, max           string
	pattern            string
}

func formField(f *model.Field) []jen.Code {
	t := base(f.Type)
	var l limits
	l.gather(f.Type)
	row := []jen.Code{jen.Id("Name").Op(":").Lit(f.Name)}
	text := func(name, value string) {
		if value != "" {
			row = append(row, jen.Id(name).Op(":").Lit(value))
		}
	}
	text("Type", inputTypes[t.Kind])
	// A required string may be empty, and HTML's required says it may not.
	empty := t.Kind == model.String && meets(t, constraints(f.Type), `""`) || t.Kind == model.Bool
	if !f.Optional && f.Default == nil && !empty {
		row = append(row, jen.Id("Required").Op(":").True())
	}
	if l.minRunes > 0 {
		row = append(row, jen.Id("MinLength").Op(":").Lit(int(l.minRunes)))
	}
	if l.maxRunes > 0 {
		row = append(row, jen.Id("MaxLength").Op(":").Lit(int(l.maxRunes)))
	}
	if t.Kind == model.String && !f.Trim {
		text("Pattern", l.pattern)
	}
	if t.Kind == model.Decimal {
		text("Pattern", `-?(0|[1-9][0-9]*)(\.[0-9]+)?`)
	}
	text("Min", l.min)
	text("Max", l.max)
	text("Step", map[model.Kind]string{model.Int: "1", model.Number: "any"}[t.Kind])
	return row
}

var inputTypes = map[model.Kind]string{
	model.String: "text", model.Decimal: "text", model.Int: "number", model.Number: "number",
	model.Bool: "checkbox", model.Date: "date",
}

func (l *limits) gather(t *model.Type) {
	if t.Kind == model.Ref {
		l.gather(t.Named.Type)
	}
	isInt := base(t).Kind == model.Int
	for _, c := range t.Checks {
		switch c.Op {
		case model.MinRunes:
			l.minRunes = max(l.minRunes, c.Count)
		case model.MaxRunes:
			if l.maxRunes == 0 || c.Count < l.maxRunes {
				l.maxRunes = c.Count
			}
		case model.GreaterOrEqual:
			l.min = tighter(l.min, c.Num, 1)
		case model.LessOrEqual:
			l.max = tighter(l.max, c.Num, -1)
		case model.Greater:
			if isInt {
				l.min = tighter(l.min, plusOne(c.Num, 1), 1)
			} else {
				l.min = tighter(l.min, c.Num, 1)
			}
		case model.Less:
			if isInt {
				l.max = tighter(l.max, plusOne(c.Num, -1), -1)
			} else {
				l.max = tighter(l.max, c.Num, -1)
			}
		case model.Match:
			if l.pattern == "" {
				l.pattern = htmlPattern(c.Text)
			}
		}
	}
}

// tighter is the larger of two numbers if sign is 1, else the smaller.
func tighter(a, b string, sign int) string {
	x, okA := new(big.Rat).SetString(a)
	y, okB := new(big.Rat).SetString(b)
	if !okB || okA && x.Cmp(y) == sign {
		return a
	}
	return b
}

func plusOne(n string, by int64) string {
	x, ok := new(big.Int).SetString(n, 10)
	if !ok {
		return n
	}
	return x.Add(x, big.NewInt(by)).String()
}

// htmlPattern is an RE2 expression as HTML's pattern attribute, which must
// match the whole text, or "" if JavaScript might read it differently.
func htmlPattern(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	parts := []*syntax.Regexp{re}
	if re.Op == syntax.OpConcat {
		parts = re.Sub
	}
	begin := parts[0].Op == syntax.OpBeginText
	end := parts[len(parts)-1].Op == syntax.OpEndText
	if begin {
		parts = parts[1:]
	}
	if end && len(parts) > 0 {
		parts = parts[:len(parts)-1]
	}
	body, ok := script(parts)
	if !ok {
		return ""
	}
	if !begin {
		body = `[\s\S]*` + body
	}
	if !end {
		body += `[\s\S]*`
	}
	return body
}

// script writes expressions, one after another, in JavaScript's v syntax.
func script(parts []*syntax.Regexp) (string, bool) {
	var b strings.Builder
	for _, re := range parts {
		text, ok := scriptOf(re)
		if !ok {
			return "", false
		}
		b.WriteString(text)
	}
	return b.String(), true
}

func scriptOf(re *syntax.Regexp) (string, bool) {
	if re.Flags&syntax.FoldCase != 0 {
		return "", false
	}
	switch re.Op {
	case syntax.OpLiteral:
		var b strings.Builder
		for _, r := range re.Rune {
			b.WriteString(scriptRune(r, false))
		}
		return b.String(), true
	case syntax.OpCharClass:
		var b strings.Builder
		b.WriteByte('[')
		for i := 0; i < len(re.Rune); i += 2 {
			b.WriteString(scriptRune(re.Rune[i], true))
			if re.Rune[i] != re.Rune[i+1] {
				b.WriteString("-" + scriptRune(re.Rune[i+1], true))
			}
		}
		return b.String() + "]", true
	case syntax.OpAnyChar:
		return `[\s\S]`, true
	case syntax.OpAnyCharNotNL:
		return `[^\n]`, true
	case syntax.OpConcat:
		return script(re.Sub)
	case syntax.OpCapture:
		inner, ok := scriptOf(re.Sub[0])
		return "(" + inner + ")", ok
	case syntax.OpAlternate:
		var arms []string
		for _, sub := range re.Sub {
			arm, ok := scriptOf(sub)
			if !ok {
				return "", false
			}
			arms = append(arms, arm)
		}
		return "(?:" + strings.Join(arms, "|") + ")", true
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		return scriptRepeat(re)
	case syntax.OpEmptyMatch:
		return "", true
	}
	return "", false
}

func scriptRepeat(re *syntax.Regexp) (string, bool) {
	inner, ok := scriptOf(re.Sub[0])
	switch sub := re.Sub[0]; sub.Op {
	case syntax.OpCharClass, syntax.OpCapture, syntax.OpAlternate, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
	default:
		if sub.Op != syntax.OpLiteral || len(sub.Rune) > 1 {
			inner = "(?:" + inner + ")"
		}
	}
	suffix := map[syntax.Op]string{syntax.OpStar: "*", syntax.OpPlus: "+", syntax.OpQuest: "?"}[re.Op]
	if re.Op == syntax.OpRepeat {
		suffix = "{" + strconv.Itoa(re.Min)
		switch {
		case re.Max < 0:
			suffix += ","
		case re.Max > re.Min:
			suffix += "," + strconv.Itoa(re.Max)
		}
		suffix += "}"
	}
	return inner + suffix, ok
}

// scriptRune writes a character. In a class more of them have a meaning.
func scriptRune(r rune, inClass bool) string {
	switch {
	case r < 0x80 && strings.ContainsRune(`()[]{}/\|^$.*+?`, r):
		return `\` + string(r)
	case inClass && r == '-':
		return `\-`
	case inClass && r < 0x80 && strings.ContainsRune("&!#%,:;<=>@~\"'`", r):
		return `\x` + strconv.FormatInt(int64(r), 16)
	case r > ' ' && r < 0x7f:
		return string(r)
	}
	return `\u{` + strconv.FormatInt(int64(r), 16) + "}"
}
