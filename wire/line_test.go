package wire_test

import (
	"ironstar.dev"
	"ironstar.dev/wire"
)

// line is a type with a codec as the generator would write it. The tests of
// this package use it.
type line struct {
	ID    ironstar.UUID `json:"id"`
	Sku   string        `json:"sku"`
	Qty   int64         `json:"qty"`
	Price money         `json:"price"`
	Tags  []string      `json:"tags"`
	Note  *string       `json:"note,omitempty"`
}

type money struct {
	Amount   ironstar.Decimal `json:"amount"`
	Currency string           `json:"currency"`
}

var fieldsLine = []wire.Field{
	{Name: "id", Required: true},
	{Name: "sku", Required: true},
	{Name: "qty"},
	{Name: "price", Required: true},
	{Name: "tags"},
	{Name: "note"},
}

func decodeLine(d *wire.Decoder) (v line) {
	v.Qty = 1
	for o := d.Struct(fieldsLine); o.Next(); {
		switch o.Index {
		case 0:
			v.ID = d.UUID()
		case 1:
			v.Sku = d.String()
		case 2:
			v.Qty = d.Int()
		case 3:
			v.Price = decodeMoney(d)
		case 4:
			v.Tags = wire.List(d, (*wire.Decoder).String)
		case 5:
			v.Note = wire.Optional(d, (*wire.Decoder).String)
		}
	}
	return v
}

func appendLine(b []byte, v line) []byte {
	b = wire.BeginObject(b)
	b = wire.MemberUUID(b, "id", v.ID)
	b = wire.MemberString(b, "sku", v.Sku)
	b = wire.MemberInt(b, "qty", v.Qty)
	b = appendMoney(wire.Name(b, "price"), v.Price)
	b = wire.AppendList(wire.Name(b, "tags"), v.Tags, wire.AppendString)
	if v.Note != nil {
		b = wire.MemberString(b, "note", *v.Note)
	}
	return wire.EndObject(b)
}

var patternLineSku = wire.NewPattern(`^[A-Z]{3}-[0-9]+$`)

func checkLine(c *wire.Checker, v line) {
	c.Object()
	c.At("sku")
	c.Text(v.Sku)
	c.Match(v.Sku, patternLineSku)
	c.At("qty")
	wire.Above(c, v.Qty, 0)
	wire.AtMost(c, v.Qty, 100)
	checkMoney(c.At("price"), v.Price)
	c.At("tags")
	c.MaxItems(len(v.Tags), 5)
	wire.Unique(c, v.Tags, wire.AppendString)
	wire.Each(c, v.Tags, (*wire.Checker).Text)
	wire.Maybe(c.At("note"), v.Note, func(c *wire.Checker, v string) {
		c.Text(v)
		c.MaxRunes(v, 140)
	})
	c.End()
}

var (
	fieldsMoney   = []wire.Field{{Name: "amount", Required: true}, {Name: "currency", Required: true}}
	knownCurrency = []string{"CHF", "EUR", "USD"}
)

func decodeMoney(d *wire.Decoder) (v money) {
	for o := d.Struct(fieldsMoney); o.Next(); {
		switch o.Index {
		case 0:
			v.Amount = d.Decimal()
		case 1:
			v.Currency = wire.Enum(d, knownCurrency)
		}
	}
	return v
}

func appendMoney(b []byte, v money) []byte {
	b = wire.BeginObject(b)
	b = wire.MemberDecimal(b, "amount", v.Amount)
	b = wire.MemberString(b, "currency", v.Currency)
	return wire.EndObject(b)
}

func checkMoney(c *wire.Checker, v money) {
	c.Object()
	wire.OneOf(c.At("currency"), v.Currency, knownCurrency)
	c.End()
}
