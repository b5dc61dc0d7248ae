package codegen

import (
	"encoding/json"
	"math/big"
	"regexp/syntax"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

// formFields declares a variable with the constraints of a command's form fields.
// These are the fields that people fill in with one control, without ids, and
// lists of enums, which are a group of boxes. Each command has its own variable,
// so that names of fields do not collide.
func (c *context) formFields(cmd *model.Command) jen.Code {
	var names, fields []jen.Code
	for _, f := range readable(cmd.Payload.Type) {
		if f.Const == nil && hasControl(f.Type) {
			names = append(names, jen.Id(f.GoName))
			fields = append(fields, jen.Id(f.GoName).Op(":").Add(root("FormField")).Values(formField(f)...))
		}
	}
	if len(fields) == 0 {
		return nil
	}
	form := naming.Form.Of(cmd.Payload.GoName)
	return comment(form + " describes the fields of " + cmd.Payload.GoName + " for HTML forms.").
		Var().Id(form).Op("=").Struct(jen.List(names...).Add(root("FormField"))).Add(multi(fields...))
}

// hasControl reports whether people fill in a field of this type with one control.
func hasControl(t *model.Type) bool {
	t = base(t)
	if t.Kind == model.List {
		return base(t.Elem).Kind == model.Enum
	}
	return isScalar(t) && t.Kind != model.UUID && t.Kind != model.Bytes
}

// enumOf returns the type of a field with choices: an enum, or the elements of a
// list of an enum. It returns nil for all others.
func enumOf(t *model.Type) *model.Type {
	if b := base(t); b.Kind == model.List {
		t = b.Elem
	}
	if base(t).Kind != model.Enum {
		return nil
	}
	return t
}

// choices returns the values of an enum that meet the constraints.
func choices(t *model.Type) []jen.Code {
	var values []jen.Code
	for _, v := range base(t).Values {
		value := []byte(v.Text)
		if v.Kind == model.String {
			value, _ = json.Marshal(v.Text) // cannot fail: it is a text
		}
		if scalar.Meets(scalar.Constraints(t), string(value)) {
			values = append(values, jen.Lit(v.Text))
		}
	}
	return values
}

// limits are the constraints that HTML can check, gathered from a type and the
// types it refers to.
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
	if enum := enumOf(f.Type); enum != nil {
		row = append(row, jen.Id("Values").Op(":").Index().String().Values(choices(enum)...))
		if f.Default != nil && t.Kind == model.Enum {
			text("Default", f.Default.Text)
		}
	}
	if t.Kind == model.List {
		row = append(row, jen.Id("Many").Op(":").True())
	}
	if t.Kind == model.Bool && f.Default != nil {
		text("Default", f.Default.Text)
	}
	// HTML's required refuses an empty string, so it is set only if the schema
	// refuses that too.
	empty := t.Kind == model.String && scalar.Meets(scalar.Constraints(f.Type), `""`) || t.Kind == model.Bool || t.Kind == model.List
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
		text("Pattern", decimalSpelling)
	}
	if t.Kind == model.Duration {
		text("Pattern", `\s*`+htmlPattern(ironstar.DurationPattern)+`\s*`)
	}
	text("Title", messageOf(f))
	text("Min", l.min)
	text("Max", l.max)
	text("InputMode", inputMode(t.Kind, l.min))
	text("Step", map[model.Kind]string{model.Int: "1", model.Number: "any"}[t.Kind])
	return row
}

// messageOf returns the message of a field's constraints, or "" without
// @message.
func messageOf(f *model.Field) string {
	text := f.Message.Text()
	for t := f.Type; t.Kind == model.Ref && text == ""; t = t.Named.Type {
		text = t.Named.Message.Text()
	}
	return text
}

var inputTypes = map[model.Kind]string{
	model.String: "text", model.Decimal: "text", model.Duration: "text", model.Int: "number", model.Number: "number",
	model.Bool: "checkbox", model.Date: "date", model.Time: "datetime-local",
}

// inputMode returns the keyboard for a field. Those for numbers may have no minus
// sign, so a number that may be negative gets the usual one. Decimals have no
// bounds; most of them are amounts.
func inputMode(kind model.Kind, least string) string {
	switch {
	case kind == model.Decimal:
		return "decimal"
	case least == "" || strings.HasPrefix(least, "-"):
		return ""
	case kind == model.Int:
		return "numeric"
	case kind == model.Number:
		return "decimal"
	}
	return ""
}

// decimalSpelling matches all decimals that wire.Form accepts.
const decimalSpelling = `\s*[\-+\u{2212}]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)\s*`

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

// tighter returns the larger of two numbers if sign is 1, else the smaller.
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

// htmlPattern converts an RE2 expression to HTML's pattern attribute, which must
// match the whole text. It returns "" if JavaScript could give the pattern another
// meaning.
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

// script converts a sequence of expressions to JavaScript's v syntax.
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

// scriptRune writes a character. More characters need an escape in a class.
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
