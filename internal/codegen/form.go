package codegen

import (
	"encoding/json"
	"math/big"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"ironstar.dev"
	"ironstar.dev/internal/model"
	"ironstar.dev/internal/naming"
	"ironstar.dev/internal/scalar"
)

// formFields declares a variable that describes a command's fields for forms: those
// that a client sends, without constants. Each command has its own variable, so
// that names of fields do not collide.
func (c *context) formFields(cmd *model.Command) jen.Code {
	var names, fields []jen.Code
	within := map[*model.Named]bool{cmd.Payload: true}
	for _, f := range formed(cmd.Payload) {
		row := c.formField(f, within)
		if needsEncode(f.Type) {
			row = append(row, jen.Id("Encode").Op(":").Add(wire("Encoder").Call(c.writeFunc(f.Type))))
		}
		names = append(names, jen.Id(f.GoName))
		fields = append(fields, jen.Id(f.GoName).Op(":").Add(root("FormField")).Values(row...))
	}
	if len(fields) == 0 || cmd.Internal {
		return nil
	}
	form := naming.Form.Of(cmd.Payload.GoName)
	return comment(form + " describes the fields of " + cmd.Payload.GoName + " for HTML forms.").
		Var().Id(form).Op("=").Struct(jen.List(names...).Add(root("FormField"))).Add(multi(fields...))
}

// formed returns the fields of a struct that a form sends.
func formed(n *model.Named) []*model.Field {
	return slices.DeleteFunc(readable(n.Type), func(f *model.Field) bool { return f.Const != nil })
}

// needsEncode reports whether a form needs the JSON of a value of this type to show
// it. Other values are one text, or a list of texts.
func needsEncode(t *model.Type) bool {
	t = base(t)
	return !isScalar(t) && (t.Kind != model.List || !isScalar(base(t.Elem)))
}

// inForm says how a form has a field of a type: whether it is a list, the type of
// one item or of the whole, and the struct or union whose fields it has. of is nil
// for what one control holds. within are the enclosing structs: a type that holds
// itself is JSON in one control.
func inForm(t *model.Type, within map[*model.Named]bool) (item *model.Type, kind string, many bool, of *model.Named) {
	item = t
	if b := base(t); b.Kind == model.List && inputKind(base(b.Elem)) != "InputJSON" && !within[goNamed(b.Elem)] {
		item, many = b.Elem, true
	}
	kind = inputKind(base(item))
	if kind == "InputObject" || kind == "InputUnion" {
		if of = goNamed(item); of == nil || within[of] {
			kind, of = "InputJSON", nil
		}
	}
	return item, kind, many, of
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

// formField is one row of a form's description.
func (c *context) formField(f *model.Field, within map[*model.Named]bool) []jen.Code {
	item, kind, many, of := inForm(f.Type, within)
	row := []jen.Code{jen.Id("Name").Op(":").Lit(f.Name)}
	if many {
		row = append(row, jen.Id("Many").Op(":").True())
	}
	// HTML's required refuses an empty string, so it is set only if the schema
	// refuses that too.
	t := base(f.Type)
	empty := (t.Kind == model.String || t.Kind == model.Bytes) && scalar.Meets(scalar.Constraints(f.Type), `""`) || t.Kind == model.Bool || t.Kind == model.List || t.Kind == model.Map
	if !f.Optional && f.Default == nil && !empty {
		row = append(row, jen.Id("Required").Op(":").True())
	}
	switch {
	case of != nil:
		within[of] = true
		row = append(row, c.formParts(of, within)...)
		delete(within, of)
	case kind == "InputJSON":
		row = append(row, jen.Id("Type").Op(":").Lit("json"))
	default:
		row = append(row, formControl(f, item)...)
	}
	if text := messageOf(f); text != "" {
		row = append(row, jen.Id("Title").Op(":").Lit(text))
	}
	return row
}

// formParts are the parts of a row for the fields of a struct, or for the cases of
// a union.
func (c *context) formParts(n *model.Named, within map[*model.Named]bool) []jen.Code {
	fields := func(of *model.Named) jen.Code {
		var rows []jen.Code
		for _, f := range formed(of) {
			rows = append(rows, jen.Values(c.formField(f, within)...))
		}
		list := jen.Id("Fields").Op(":").Index().Add(root("FormField"))
		if len(rows) == 0 {
			return list.Values()
		}
		return list.Add(multi(rows...))
	}
	if n.Type.Kind != model.Sum {
		return []jen.Code{fields(n)}
	}
	var cases []jen.Code
	for _, arm := range n.Type.Arms {
		cases = append(cases, jen.Values(jen.Id("Value").Op(":").Lit(n.Type.TagOf(arm)), fields(arm)))
	}
	return []jen.Code{
		jen.Id("Tag").Op(":").Lit(n.Type.Tag),
		jen.Id("Cases").Op(":").Index().Add(root("FormCase")).Add(multi(cases...)),
	}
}

// formControl are the parts of a row for a control that holds one text, or one of a
// list of them.
func formControl(f *model.Field, item *model.Type) []jen.Code {
	t := base(item)
	var row []jen.Code
	text := func(name, value string) {
		if value != "" {
			row = append(row, jen.Id(name).Op(":").Lit(value))
		}
	}
	length := func(name string, n int64) {
		if n > 0 {
			row = append(row, jen.Id(name).Op(":").Lit(int(n)))
		}
	}
	switch {
	case t.Kind == model.Enum:
		row = append(row, jen.Id("Values").Op(":").Index().String().Values(choices(item)...))
	case t.Kind == model.Bool && f.Optional && f.Default == nil && item == f.Type: // a box could not say that there is no value
		row = append(row, jen.Id("Values").Op(":").Index().String().Values(jen.Lit("true"), jen.Lit("false")))
	default:
		text("Type", inputTypes[t.Kind])
	}
	if f.Default != nil && (t.Kind == model.Enum || t.Kind == model.Bool) && item == f.Type {
		text("Default", f.Default.Text)
	}
	var l limits
	l.gather(item)
	length("MinLength", l.minRunes)
	length("MaxLength", l.maxRunes)
	text("Pattern", patternOf(f, item, l))
	if t.Kind != model.Decimal { // its control is a text, which has no min and no max
		text("Min", l.min)
		text("Max", l.max)
	}
	text("InputMode", inputMode(t.Kind, l.min))
	text("Step", map[model.Kind]string{model.Int: "1", model.Number: "any"}[t.Kind])
	return row
}

// patternOf returns the pattern of all texts that the server accepts.
func patternOf(f *model.Field, item *model.Type, l limits) string {
	switch base(item).Kind {
	case model.String:
		if !f.Trim {
			return l.pattern
		}
	case model.Decimal:
		return decimalSpelling(item, l.min)
	case model.Duration:
		return `\s*` + htmlPattern(ironstar.DurationPattern) + `\s*`
	case model.UUID:
		return `\s*[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\s*`
	}
	return ""
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
	model.Bool: "checkbox", model.Date: "date", model.Time: "datetime-local", model.UUID: "text", model.Bytes: "text",
}

// inputMode returns the keyboard for a field. Those for numbers may have no minus
// sign, so a number that may be negative gets the usual one. Most decimals without
// a bound are amounts.
func inputMode(kind model.Kind, least string) string {
	switch {
	case kind == model.Decimal && !strings.HasPrefix(least, "-"):
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

// decimalSpelling matches all spellings that wire.Form accepts of decimals with a
// number of digits, and with a sign only if there are negative ones. Larger bounds
// are left to the server: a pattern for them would be long, and only says "wrong".
func decimalSpelling(t *model.Type, least string) string {
	sign, digits, one := `[\-+\u{2212}]?`, `[0-9]*`, `[0-9]+`
	if low, ok := new(big.Rat).SetString(least); ok && low.Sign() > 0 {
		sign = `\+?`
	}
	if n, ok := scalar.Digits(t); ok {
		digits = `[0-9]{0,` + strconv.Itoa(n) + `}0*`
		if one = `0+`; n > 0 {
			one = `[0-9]{1,` + strconv.Itoa(n) + `}0*`
		}
	}
	return `\s*` + sign + `([0-9]+([.,]` + digits + `)?|[.,]` + one + `)\s*`
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
