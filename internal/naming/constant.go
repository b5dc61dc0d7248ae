package naming

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ironstar.dev/internal/model"
)

// Constant returns the suffix that an enum's value adds to the name of its
// type: CHF, Minus1, InProgress. It depends on the value only.
func Constant(c model.Const) string {
	if c.Kind == model.Int {
		return strings.Replace(c.Text, "-", "Minus", 1)
	}
	if c.Text == "" {
		return "Empty"
	}
	for _, r := range c.Text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return Exported(c.Text)
		}
	}
	return spelled(c.Text)
}

// spelled converts text without letters and digits to its code points: "<="
// becomes __003C__003D_.
func spelled(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		b.WriteString("_" + strings.ToUpper(strconv.FormatInt(int64(r)+0x10000, 16)[1:]) + "_")
		text = text[size:]
	}
	return "_" + b.String()
}

// ValueAttributes returns the attributes that make a list of texts a valid
// enum: a value whose constant is already used gets another name.
func ValueAttributes(values []string) []string {
	var all []string
	seen := map[string]bool{}
	for _, v := range values {
		name := Constant(model.Const{Kind: model.String, Text: v})
		if !seen[name] {
			seen[name] = true
			continue
		}
		other := 2
		for seen[name+strconv.Itoa(other)] {
			other++
		}
		name += strconv.Itoa(other)
		seen[name] = true
		all = append(all, "@go(value="+strconv.Quote(v)+", name="+name+")")
	}
	return all
}
