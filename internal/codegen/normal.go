package codegen

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"ironstar.dev/internal/model"
)

// Normal is the normal form of a type: what its JSON is, on one line, without
// comments, Go names and names of definitions. Two types with the same normal
// form accept the same JSON. With shapeOnly it leaves out constraints and the
// values of enums, which may widen under stored data: then it says how stored
// bytes are read.
//
// A definition is written out where it is first used, and is $1, $2 … where it
// is used within itself.
func Normal(t *model.Type, shapeOnly bool) string {
	n := normalizer{shapeOnly: shapeOnly, open: map[*model.Named]int{}}
	n.typ(t)
	return n.String()
}

// ShapeHash names the shape of a payload: that of stored bytes.
func ShapeHash(n *model.Named) string { return hash("shape", Normal(n.Type, true)) }

// hash is the first half of a SHA-256, in hexadecimal.
func hash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:16])
}

var kindNames = map[model.Kind]string{
	model.String: "string", model.Int: "int", model.Number: "number", model.Bool: "bool", model.Time: "time",
	model.Date: "date", model.Decimal: "decimal", model.UUID: "uuid",
}

// opNames are written into locks: never change one.
var opNames = map[model.Op]string{
	model.Greater: ">", model.GreaterOrEqual: ">=", model.Less: "<", model.LessOrEqual: "<=", model.NotEqual: "!=",
	model.Match: "=~", model.NotMatch: "!~", model.MinRunes: "minRunes", model.MaxRunes: "maxRunes",
	model.MinItems: "minItems", model.MaxItems: "maxItems", model.UniqueItems: "unique", model.MinFields: "minFields",
	model.MaxFields: "maxFields", model.TimeFormat: "timeFormat", model.MultipleOf: "multipleOf",
	model.HasPrefix: "prefix", model.HasSuffix: "suffix", model.Contains: "contains",
}

type normalizer struct {
	strings.Builder
	shapeOnly bool
	open      map[*model.Named]int // definitions that are being written
}

func (n *normalizer) typ(t *model.Type) {
	switch t.Kind {
	case model.Ref:
		n.named(t.Named)
	case model.Struct:
		n.fields(t.Fields)
	case model.Enum:
		n.enum(t)
	case model.Sum:
		n.WriteString("oneof " + t.Tag + "(")
		for i, arm := range t.Arms {
			n.comma(i)
			n.named(arm)
		}
		n.WriteByte(')')
	case model.List:
		n.WriteByte('[')
		n.typ(t.Elem)
		n.WriteByte(']')
	case model.Map:
		n.WriteString("map(")
		if t.Key != nil {
			n.typ(t.Key)
		}
		n.WriteByte(':')
		n.typ(t.Elem)
		n.WriteByte(')')
	default:
		n.WriteString(kindNames[t.Kind])
	}
	if !n.shapeOnly {
		for _, c := range t.Checks {
			n.WriteString(" & " + checkText(c))
		}
	}
}

func (n *normalizer) named(d *model.Named) {
	if number, within := n.open[d]; within {
		n.WriteString("$" + strconv.Itoa(number))
		return
	}
	n.open[d] = len(n.open) + 1
	n.typ(d.Type)
	delete(n.open, d)
}

func (n *normalizer) fields(fields []*model.Field) {
	n.WriteByte('{')
	for i, f := range fields {
		n.comma(i)
		n.WriteString(strconv.Quote(f.Name))
		if f.Optional {
			n.WriteByte('?')
		}
		n.WriteByte(':')
		if f.Const != nil {
			n.WriteString("=" + constantJSON(*f.Const))
			continue
		}
		n.typ(f.Type)
		if f.Default != nil {
			n.WriteString(" | *" + f.Default.JSON)
		}
	}
	n.WriteByte('}')
}

func (n *normalizer) enum(t *model.Type) {
	kind := "string"
	if isIntEnum(t) {
		kind = "int"
	}
	n.WriteString("enum " + kind)
	if n.shapeOnly {
		return
	}
	n.WriteByte('(')
	for i, v := range t.Values {
		n.comma(i)
		n.WriteString(constantJSON(v))
	}
	n.WriteByte(')')
}

func (n *normalizer) comma(i int) {
	if i > 0 {
		n.WriteByte(',')
	}
}

// checkText is a constraint in the normal form: an operator and its argument.
func checkText(c model.Check) string {
	name := opNames[c.Op]
	switch {
	case c.Value != nil:
		return name + constantJSON(*c.Value)
	case c.Op == model.UniqueItems:
		return name
	case c.Num != "":
		return name + c.Num
	case countMethods[c.Op] != "":
		return name + "(" + strconv.FormatInt(c.Count, 10) + ")"
	}
	return name + quoteJSON(c.Text)
}
