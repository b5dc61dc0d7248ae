package upcast

import (
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"
	"golang.org/x/text/unicode/norm"

	"ironstar.dev"
	"ironstar.dev/internal/model"
)

// literalOf returns the value of a literal string, number or bool, or nil.
func literalOf(e ast.Expr) *model.Value {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return literalOf(e.X)
	case *ast.UnaryExpr:
		v := literalOf(e.X)
		if v == nil || v.Kind != model.Int && v.Kind != model.Number || e.Op != token.SUB && e.Op != token.ADD {
			return nil
		}
		if e.Op == token.SUB {
			if rest, ok := strings.CutPrefix(v.Text, "-"); ok {
				v.Text = rest
			} else {
				v.Text = "-" + v.Text
			}
			v.JSON = shortest(v.Kind, v.Text)
		}
		return v
	case *ast.BasicLit:
		return basic(e)
	case *ast.Ident: // how CUE prints evaluated values
		if e.Name == "true" || e.Name == "false" {
			return &model.Value{Kind: model.Bool, Text: e.Name, JSON: e.Name}
		}
	}
	return nil
}

func basic(e *ast.BasicLit) *model.Value {
	switch e.Kind {
	case token.STRING:
		s, err := literal.Unquote(e.Value)
		if err != nil || strings.HasPrefix(strings.TrimLeft(e.Value, "#"), "'") {
			return nil
		}
		return stringValue(s)
	case token.TRUE, token.FALSE:
		return &model.Value{Kind: model.Bool, Text: e.Value, JSON: e.Value}
	case token.INT, token.FLOAT:
		var n literal.NumInfo
		if err := literal.ParseNum(e.Value, &n); err != nil {
			return nil
		}
		kind := model.Int
		if !n.IsInt() {
			kind = model.Number
		}
		return &model.Value{Kind: kind, Text: n.String(), JSON: shortest(kind, n.String())}
	}
	return nil
}

// shortest returns a number with the fewest digits that give the same float64.
// A literal with more precision keeps its digits, because steps compute with 34
// digits.
func shortest(kind model.Kind, text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if kind != model.Number || err != nil {
		return text
	}
	short := strconv.FormatFloat(f, 'g', -1, 64)
	exact, ok := new(big.Rat).SetString(text)
	if same, _ := new(big.Rat).SetString(short); !ok || exact.Cmp(same) != 0 {
		return text
	}
	return short
}

func stringValue(s string) *model.Value {
	text, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return &model.Value{Kind: model.String, Text: s, JSON: string(text)}
}

func stringLiteral(s string, at model.Pos) *model.Expr {
	return &model.Expr{Op: model.Literal, Value: stringValue(s), Type: &model.Type{Kind: model.String, Pos: at}, Pos: at}
}

func constantJSON(c model.Const) string {
	if c.Kind == model.String {
		return stringValue(c.Text).JSON
	}
	return c.Text
}

// mantissa returns a number without its exponent.
func mantissa(text string) string {
	digits, _, _ := strings.Cut(strings.ToLower(text), "e")
	return digits
}

// literal returns a constant of the wanted type.
func (c *compiler) literal(v *model.Value, want *model.Type, at model.Pos) *model.Expr {
	if v.Kind == model.Int {
		if _, err := strconv.ParseInt(v.Text, 10, 64); err != nil {
			return c.problem(Type, at, "", "%s does not fit in 64 bits", v.Text)
		}
	}
	if f, err := strconv.ParseFloat(v.Text, 64); v.Kind == model.Number && (err != nil || f == 0 && strings.ContainsAny(mantissa(v.Text), "123456789")) {
		return c.problem(Type, at, "", "%s does not fit in 64 bits", v.Text)
	}
	out := &model.Expr{Op: model.Literal, Value: v, Type: &model.Type{Kind: v.Kind, Pos: at}, Pos: at}
	if want == nil {
		return out
	}
	b := base(want)
	ok := v.Kind == b.Kind
	switch b.Kind {
	case model.Number:
		ok = v.Kind == model.Int || v.Kind == model.Number
	case model.Enum:
		i := slices.IndexFunc(b.Values, func(known model.Const) bool { return known.Kind == v.Kind && known.Text == v.Text })
		if i < 0 {
			var names []string
			for _, known := range b.Values {
				names = append(names, constantJSON(known))
			}
			return c.problem(Type, at, "write one of "+strings.Join(names, ", "), "%s is not one of %s", v.JSON, bare(want))
		}
		ok = true
		v.GoName = b.Values[i].GoName
	case model.UUID, model.Date, model.Decimal, model.Time, model.Duration, model.Bytes:
		ok = v.Kind == model.String && isScalar(b.Kind, v.Text)
	}
	if !ok {
		return c.problem(Type, at, c.byHand(), "%s is not %s", v.JSON, describe(want))
	}
	out.Type = want
	return out
}

// isScalar reports whether a text is valid for a type that is a string in JSON.
func isScalar(k model.Kind, text string) bool {
	switch k {
	case model.Date:
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	case model.Time:
		_, err := time.Parse(time.RFC3339Nano, text)
		return err == nil
	case model.Decimal:
		whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
		digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
		return digits(whole) && (whole == "0" || whole[0] != '0') && (!point || digits(fraction))
	case model.Duration:
		_, err := ironstar.ParseDuration(text)
		return err == nil
	case model.Bytes:
		_, err := base64.StdEncoding.Strict().DecodeString(text)
		return err == nil && !strings.ContainsAny(text, "\r\n")
	case model.UUID:
		parts := strings.Split(text, "-")
		if len(parts) != 5 {
			return false
		}
		for i, n := range []int{8, 4, 4, 4, 12} {
			if len(parts[i]) != n || strings.Trim(parts[i], "0123456789abcdef") != "" {
				return false
			}
		}
		return true
	}
	return false
}

// labelName returns the name of a field. As CUE does, it converts names to Unicode
// normal form.
func labelName(l ast.Label) (string, error) {
	name, _, err := ast.LabelName(l)
	return norm.NFC.String(name), err
}
