package wire_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ironstar.dev"
	"ironstar.dev/wire"
)

const (
	id     = `"id":"0f8fad5b-d9cb-469f-a165-70867728950e"`
	rest   = `,"sku":"A","price":{"amount":"1","currency":"CHF"}`
	others = id + rest
)

// TestDecodeRefuses: what is refused, and with which message.
func TestDecodeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"not JSON":            {`{`, "not JSON at byte 1: a field name is expected"},
		"nothing":             {``, "not JSON at byte 0: a value is expected"},
		"two values":          {`{` + others + `} {}`, "text after the value"},
		"a trailing comma":    {`{` + others + `,}`, "a field name is expected"},
		"no colon":            {`{"id" 1}`, "a colon is expected"},
		"no comma":            {`{` + others + ` "qty":1}`, `a comma or '}' is expected`},
		"null":                {`{` + others + `,"qty":null}`, "qty: null is not allowed; leave the field out"},
		"null at the top":     {`null`, "null is not allowed; leave the field out"},
		"a list at the top":   {`[]`, "an object is expected, not []"},
		"a missing field":     {`{` + id + `}`, "sku: is required; price: is required"},
		"a field inside":      {`{` + id + `,"sku":"A","price":{"amount":"1"}}`, "price.currency: is required"},
		"a field twice":       {`{` + others + `,"sku":"B"}`, "sku: occurs twice"},
		"twice, where due":    {`{"sku":"A",` + id + `,"sku":"B","price":{"amount":"1","currency":"CHF"}}`, "sku: occurs twice"},
		"no object to be in":  {`{` + id + `,"sku":"A","price":5,"amount":"1","currency":"CHF"}`, "price: an object is expected, not 5; amount: unknown field; currency: unknown field"},
		"an unknown field":    {`{` + others + `,"colour":1}`, "colour: unknown field"},
		"another case":        {`{` + others + `,"Qty":1}`, `Qty: unknown field; did you mean "qty"?`},
		"text for a number":   {`{` + others + `,"qty":"1"}`, `qty: an integer is expected, not "1"`},
		"a float":             {`{` + others + `,"qty":3.0}`, "qty: an integer without point or exponent is expected, not 3.0"},
		"an exponent":         {`{` + others + `,"qty":1e2}`, "qty: an integer without point or exponent is expected, not 1e2"},
		"too large":           {`{` + others + `,"qty":9223372036854775808}`, "qty: 9223372036854775808 is outside of the integers from -2^63 to 2^63-1"},
		"a leading zero":      {`{` + others + `,"qty":01}`, "a malformed number"},
		"a list's element":    {`{` + others + `,"tags":["a",1]}`, "tags[1]: a string is expected, not 1"},
		"half a surrogate":    {`{` + others + `,"note":"\ud800"}`, "half of a surrogate pair"},
		"surrogates reversed": {`{` + others + `,"note":"\udc00\ud800"}`, "half of a surrogate pair"},
		"invalid UTF-8":       {`{` + others + ",\"note\":\"\xff\"}", "invalid UTF-8"},
		"a line break":        {`{` + others + ",\"note\":\"a\nb\"}", "a control character in a string"},
		"an unknown escape":   {`{` + others + `,"note":"\x41"}`, `unknown escape \x`},
		"an open string":      {`{` + others + `,"note":"`, "a string has no end"},
		"an upper-case id":    {`{"id":"0F8FAD5B-D9CB-469F-A165-70867728950E"` + rest + `}`, "id: a lower-case UUID is expected"},
		"an odd decimal":      {`{` + id + `,"sku":"A","price":{"amount":"01","currency":"CHF"}}`, "price.amount: a decimal in a string"},
		"an unknown value":    {`{` + id + `,"sku":"A","price":{"amount":"1","currency":"GBP"}}`, `price.currency: one of CHF, EUR, USD (is "GBP")`},
		"several things":      {`{"qty":"x","tags":{},"zzz":1}`, `qty: an integer is expected, not "x"; tags: a list is expected, not {}; zzz: unknown field; id: is required`},
		"too deep":            {`{"zzz":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, "nested deeper than 100"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wire.Decode([]byte(c.json), decodeLine)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s\ngot  %v\nwant %s", c.json, err, c.want)
			}
			var invalid ironstar.Invalid
			var syntax *wire.SyntaxError
			if !errors.As(err, &invalid) && !errors.As(err, &syntax) {
				t.Errorf("the error is a %T", err)
			}
		})
	}
}

// TestDecodeReads: unusual JSON that is accepted.
func TestDecodeReads(t *testing.T) {
	price := money{Currency: "CHF"}
	price.Amount, _ = ironstar.ParseDecimal("1")
	u, _ := ironstar.ParseUUID("0f8fad5b-d9cb-469f-a165-70867728950e")
	base := line{ID: u, Sku: "A", Qty: 1, Price: price}
	with := func(change func(*line)) line {
		v := base
		change(&v)
		return v
	}
	note := func(s string) line { return with(func(v *line) { v.Note = &s }) }
	for name, c := range map[string]struct {
		json string
		want line
	}{
		"defaults":      {`{` + others + `}`, base},
		"another order": {`{"price":{"currency":"CHF","amount":"1"},"sku":"A",` + id + `}`, base},
		"white space":   {" \t\r\n{ " + others + " }\n", base},
		"escapes":       {`{` + others + `,"note":"\u0041\n\"\\\/\ud83d\ude00é"}`, note("A\n\"\\/😀é")},
		"empty":         {`{` + others + `,"note":""}`, note("")},
		"an empty list": {`{` + others + `,"tags":[]}`, with(func(v *line) { v.Tags = []string{} })},
		"the largest":   {`{` + others + `,"qty":9223372036854775807}`, with(func(v *line) { v.Qty = 1<<63 - 1 })},
		"the smallest":  {`{` + others + `,"qty":-9223372036854775808}`, with(func(v *line) { v.Qty = -1 << 63 })},
		"minus nothing": {`{` + others + `,"qty":-0}`, with(func(v *line) { v.Qty = 0 })},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := wire.Decode([]byte(c.json), decodeLine)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(ironstar.Decimal{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.json, diff)
			}
		})
	}
}

// TestCheckMessages: how violated constraints are reported.
func TestCheckMessages(t *testing.T) {
	long := strings.Repeat("é", 141)
	bad := line{Sku: "nope", Qty: 101, Tags: []string{"a", "b", "a"}, Note: &long, Price: money{Currency: "GBP"}}
	got := wire.Check(bad, checkLine)
	var invalid ironstar.Invalid
	if !errors.As(got, &invalid) {
		t.Fatalf("got a %T", got)
	}
	want := ironstar.Invalid{
		{Path: "sku", Code: "match", Message: "This does not have the expected form.", Params: map[string]any{"pattern": "^[A-Z]{3}-[0-9]+$"}, Detail: `must match ^[A-Z]{3}-[0-9]+$ (is "nope")`},
		{Path: "qty", Code: "max", Message: "At most 100, not 101.", Params: map[string]any{"max": int64(100), "has": int64(101)}, Detail: "at most 100 (is 101)"},
		{Path: "price.currency", Code: "enum", Message: "Please choose one of these: CHF, EUR, USD.", Params: map[string]any{"values": []string{"CHF", "EUR", "USD"}}, Detail: "one of CHF, EUR, USD (is GBP)"},
		{Path: "tags", Code: "unique", Message: "Items 1 and 3 are the same.", Params: map[string]any{"first": 0, "second": 2}, Detail: "no item twice (0 and 2 are the same)"},
		{Path: "note", Code: "max_runes", Message: "At most 140 characters (there are 141).", Params: map[string]any{"max": 140, "has": 141}, Detail: "at most 140 characters (has 141)"},
	}
	if diff := cmp.Diff(want, invalid); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCheckText: invalid UTF-8 is found anywhere in a string.
func TestCheckText(t *testing.T) {
	for _, bad := range []string{"\xff", "\xc1\xbf", "a long text\xed\xa0\x80", "\xc3", "é, and then \xc3"} {
		if err := wire.Check(bad, (*wire.Checker).Text); err == nil || !strings.Contains(err.Error(), "is not valid UTF-8") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"", "a long text", "é", "привет, мир", "你好, 世界 é 😀"} {
		if err := wire.Check(good, (*wire.Checker).Text); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

// TestCheckPath: the path of an error in a nested value.
func TestCheckPath(t *testing.T) {
	lines := map[string][]line{"b": {{Sku: "AAA-1", Qty: 1, Price: money{Currency: "CHF"}}, {Sku: "AAA-1", Qty: 101, Price: money{Currency: "CHF"}}}}
	err := wire.Check(lines, func(c *wire.Checker, v map[string][]line) {
		wire.Entries(c, v, nil, func(c *wire.Checker, v []line) { wire.Each(c, v, checkLine) })
	})
	if want := "b[1].qty: at most 100 (is 101)"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestDecodeAllocates: a stored event of about 200 bytes needs one allocation
// for its text and one for each list and optional field.
func TestDecodeAllocates(t *testing.T) {
	src := []byte(strings.Replace(oneLine, `"tags":["fragile","cold"],`, "", 1))
	src = []byte(strings.Replace(string(src), `,"note":"leave it with the neighbours, the bell is broken"`, "", 1))
	got := testing.AllocsPerRun(1000, func() {
		if _, err := wire.Decode(src, decodeLine); err != nil {
			t.Fatal(err)
		}
	})
	if got > 2 {
		t.Errorf("%v allocations for an event without lists and optional fields, want at most 2", got)
	}
}
