package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"ironstar.dev"
	"ironstar.dev/wire"
)

var payment = wire.Input{Name: "payment", Kind: wire.InputUnion, Tag: "kind", Required: true, Cases: []wire.InputCase{
	{Value: "card", Fields: []wire.Input{{Name: "last4"}, {Name: "note", Optional: true}, {Name: "saved", Kind: wire.InputFlag, Required: true}}},
	{Value: "transfer", Fields: []wire.Input{{Name: "iban"}, {Name: "note", Optional: true}, {Name: "cents", Kind: wire.InputInt}}},
	{Value: "cash"},
}}

// order has a field of each kind that a form can have.
var order = []wire.Input{
	{Name: "text", Required: true},
	{Name: "memo", Optional: true},
	{Name: "greeting"}, // a text with a default
	{Name: "count", Kind: wire.InputInt, Optional: true},
	{Name: "weight", Kind: wire.InputNumber, Optional: true},
	{Name: "price", Kind: wire.InputDecimal, Optional: true},
	{Name: "done", Kind: wire.InputFlag, Optional: true},
	{Name: "level", Kind: wire.InputScalar, Optional: true},
	{Name: "at", Kind: wire.InputTime, Optional: true},
	{Name: "ref", Kind: wire.InputUUID, Optional: true},
	{Name: "tags", Many: true},
	{Name: "sizes", Kind: wire.InputInt, Many: true},
	{Name: "address", Kind: wire.InputObject, Optional: true, Fields: []wire.Input{
		{Name: "city", Required: true}, {Name: "type", Const: `"home"`}, {Name: "lift", Kind: wire.InputFlag, Required: true},
	}},
	{Name: "lines", Kind: wire.InputObject, Many: true, Fields: []wire.Input{
		{Name: "sku", Required: true}, {Name: "qty", Kind: wire.InputInt, Required: true}, {Name: "parts", Many: true},
	}},
	{Name: "paid", Kind: wire.InputUnion, Tag: "kind", Optional: true, Cases: payment.Cases},
	{Name: "extra", Kind: wire.InputJSON, Optional: true},
}

// TestForm: what people type becomes JSON by the kind of the field.
func TestForm(t *testing.T) {
	for _, c := range []struct{ name, form, query, want, problem string }{
		{name: "nothing", want: `{}`},
		{name: "text", form: "text=a+%22b%22%0A", want: `{"text":"a \"b\"\n"}`},
		{name: "a blank text stays", form: "text=++", want: `{"text":"  "}`},
		{name: "also with a default", form: "greeting=", want: `{"greeting":""}`},
		{name: "a blank field that is optional is absent, of each kind", want: `{}`,
			form: "memo=&count=&weight=+&price=&done=&level=&at=&ref=&tags=&sizes=+&address.city=&paid.kind=&paid.last4=&extra="},
		{name: "the same name again, blank", form: "text=&text=a&text=", want: `{"text":"a"}`},

		{name: "integer", form: "count=%0A12+", want: `{"count":12}`},
		{name: "plus", form: "count=%2B1", want: `{"count":1}`},
		{name: "minus", form: "count=-1", want: `{"count":-1}`},
		{name: "typographic minus", form: "count=−1", want: `{"count":-1}`},
		{name: "leading zeros", form: "count=007", want: `{"count":7}`},
		{name: "zeros", form: "count=00", want: `{"count":0}`},
		{name: "a point and nothing", form: "count=1.", want: `{"count":1}`},
		{name: "an exponent", form: "count=1e2", want: `{"count":100}`},
		{name: "an exponent and a fraction", form: "count=-1.50E%2B1", want: `{"count":-15}`},
		{name: "a negative exponent", form: "count=1200e-2", want: `{"count":12}`},
		{name: "zero with an exponent", form: "count=0e9", want: `{"count":0}`},
		{name: "half of something", form: "count=5e-1", want: `{"count":"5e-1"}`},
		{name: "more than an integer", form: "count=1e999999999", want: `{"count":1` + strings.Repeat("0", 30) + `}`},
		{name: "the least exponent", form: "count=5e-9223372036854775808", want: `{"count":"5e-9223372036854775808"}`},
		{name: "the least exponent and a fraction", form: "count=0.5e-9223372036854775807", want: `{"count":"0.5e-9223372036854775807"}`},
		{name: "the greatest exponent", form: "count=5e9223372036854775807", want: `{"count":5` + strings.Repeat("0", 30) + `}`},
		{name: "a fraction in an integer", form: "count=1.000", want: `{"count":"1.000"}`},
		{name: "thousands", form: "count=1,000", want: `{"count":"1,000"}`},
		{name: "no number goes on as text", form: "count=1+2", want: `{"count":"1 2"}`},
		{name: "NaN goes on as text", form: "weight=NaN", want: `{"weight":"NaN"}`},
		{name: "true is no number", form: "count=true", want: `{"count":"true"}`},
		{name: "only a point", form: "weight=.", want: `{"weight":"."}`},
		{name: "number", form: "weight=-1.5e3", want: `{"weight":-1.5e3}`},
		{name: "no digit before the point", form: "weight=.5", want: `{"weight":0.5}`},
		{name: "comma", form: "weight=1,5", want: `{"weight":1.5}`},
		{name: "comma that cannot be thousands", form: "weight=0,125", want: `{"weight":0.125}`},
		{name: "comma that can be thousands", form: "weight=1,250", want: `{"weight":"1,250"}`},
		{name: "comma and point", form: "weight=1.000,5", want: `{"weight":"1.000,5"}`},

		{name: "decimal", form: "price=+%2B01.50+", want: `{"price":"1.50"}`},
		{name: "decimal with a comma", form: "price=,5", want: `{"price":"0.5"}`},
		{name: "decimal that ends in a point", form: "price=-1.", want: `{"price":"-1"}`},
		{name: "decimal with an exponent", form: "price=1e2", want: `{"price":"1e2"}`},
		{name: "decimal with thousands", form: "price=1,000", want: `{"price":"1,000"}`},
		{name: "blanks around an enum", form: "level=+gold+", want: `{"level":"gold"}`},
		{name: "blanks and capitals in a UUID", form: "ref=+0F8FAD5B-D9CB-469F-A165-70867728950E+", want: `{"ref":"0f8fad5b-d9cb-469f-a165-70867728950e"}`},

		{name: "flag", form: "done=on", want: `{"done":true}`},
		{name: "flag off", form: "done=No", want: `{"done":false}`},
		{name: "hidden false and a checkbox", form: "done=false&done=on", want: `{"done":true}`},
		{name: "no flag goes on as text", form: "done=maybe", want: `{"done":"maybe"}`},

		{name: "time", form: "at=2026-11-30T10:15:00%2B01:00", want: `{"at":"2026-11-30T10:15:00+01:00"}`},
		{name: "local time", form: "at=2026-11-30T10:15", want: `{"at":"2026-11-30T09:15:00Z"}`},
		{name: "local time in summer, with seconds", form: "at=2026-07-01+10:15:30.5", want: `{"at":"2026-07-01T08:15:30.5Z"}`},
		{name: "a time that occurs twice", form: "at=2026-10-25T02:30", want: `{"at":"2026-10-25T00:30:00Z"}`},
		{name: "a time that does not occur", form: "at=2026-03-29T02:30", problem: "at: 2026-03-29T02:30 does not exist in Europe/Zurich"},
		{name: "no time goes on as text", form: "at=tomorrow", want: `{"at":"tomorrow"}`},

		{name: "the time that was shown", form: "at=2026-10-25T02:30&_at.at=2026-10-25T01:30:00.000000001Z", want: `{"at":"2026-10-25T01:30:00.000000001Z"}`},
		{name: "another than was shown", form: "at=2026-10-25T02:31&_at.at=2026-10-25T01:30:00Z", want: `{"at":"2026-10-25T00:31:00Z"}`},
		{name: "shown twice, and no time", form: "at=2026-10-25T02:30&_at.at=2026-10-25T01:30:00Z&_at.at=x", want: `{"at":"2026-10-25T00:30:00Z"}`},
		{name: "lines of a text area", form: "text=a%0D%0Ab%0Dc%0A", want: `{"text":"a\nb\rc\n"}`},

		{name: "list", form: "tags=a&tags=&tags=b&tags=+", want: `{"tags":["a","b"]}`},
		{name: "list by index", form: "tags[10]=c&tags[2]=b&tags[3]=", want: `{"tags":["b","c"]}`},
		{name: "list by name and index", form: "tags[0]=b&tags=a", want: `{"tags":["a","b"]}`},
		{name: "list of numbers", form: "sizes=1&sizes=&sizes=x", want: `{"sizes":[1,"x"]}`},
		{name: "list of structs", form: "lines[2].sku=A&lines[2].qty=1&lines[0].sku=&lines[0].qty=&lines[10].sku=&lines[10].qty=2&lines[10].parts=x&lines[10].parts[1]=",
			want: `{"lines":[{"sku":"A","qty":1},{"sku":"","qty":2,"parts":["x"]}]}`},
		{name: "list of structs as JSON", form: `lines=[{"sku":"A","qty":1}]`, want: `{"lines":[{"sku":"A","qty":1}]}`},

		{name: "struct", form: "address.city=Bern", want: `{"address":{"city":"Bern","type":"home","lift":false}}`},
		{name: "a ticked box in a struct", form: "address.lift=on&address.city=", want: `{"address":{"city":"","type":"home","lift":true}}`},
		{name: "union", form: "paid.kind=card&paid.last4=1234&paid.note=", want: `{"paid":{"kind":"card","last4":"1234","saved":false}}`},
		{name: "fields of other cases are ignored", form: "paid.kind=cash&paid.last4=1234&paid.cents=x&paid.saved=on", want: `{"paid":{"kind":"cash"}}`},
		{name: "a field that two cases have", form: "paid.kind=transfer&paid.note=&paid.note=b&paid.iban=c", want: `{"paid":{"kind":"transfer","iban":"c","note":"b"}}`},
		{name: "an unknown case", form: "paid.kind=gold&paid.last4=1", want: `{"paid":{"kind":"gold"}}`},
		{name: "no case was chosen", form: "paid.kind=&paid.last4=1234", want: `{}`},
		{name: "no tag was sent", form: "paid.last4=1234", want: `{"paid":{}}`},
		{name: "names with the case", form: "paid.kind=transfer&paid[card].note=a&paid[card].last4=1&paid[transfer].note=b&paid[transfer].iban=c&paid[card].saved=on",
			want: `{"paid":{"kind":"transfer","iban":"c","note":"b"}}`},
		{name: "only names of another case", form: "paid.kind=cash&paid[card].note=a", want: `{"paid":{"kind":"cash"}}`},
		{name: "names with the case and no tag", form: "paid[card].note=a", want: `{"paid":{}}`},
		{name: "blank names with the case", form: "paid.kind=&paid[card].note=&paid[transfer].cents=", want: `{}`},
		{name: "no tag and nothing else", form: "paid.last4=", want: `{}`},

		{name: "JSON", form: `extra={"a":[1]}`, want: `{"extra":{"a":[1]}}`},
		{name: "the query comes first", form: "text=a&address.city=b&tags=x&tags[2]=y", query: "text=q&address.city=c&tags=z&other=1", want: `{"text":"q","tags":["z"],"address":{"city":"c","type":"home","lift":false}}`},
		{name: "names with an underscore are not ours", form: "_return=/&_charset_=utf-8&text=a", want: `{"text":"a"}`},

		{name: "unknown", form: "text=a&utm_source=b", problem: "utm_source: unknown field"},
		{name: "another letter case", form: "Text=a", problem: `Text: unknown field; did you mean "text"?`},
		{name: "unknown in a struct", form: "address.zip=1", problem: "address.zip: unknown field"},
		{name: "unknown in a union", form: "paid.kind=cash&paid.iban2=1", problem: "paid.iban2: unknown field"},
		{name: "unknown in a case", form: "paid.kind=card&paid[card].last4=1&paid[card].x=1&paid[cash].y=1&paid[gold].z=1", problem: "paid[card].x: unknown field; paid[cash].y: unknown field; paid[gold].z: unknown field"},
		{name: "with the case and without", form: "paid.kind=card&paid[card].last4=1&paid.last4=2", problem: "paid.last4: unknown field"},
		{name: "a case where there is none", form: "address[card].city=1", problem: "address[card].city: unknown field"},
		{name: "unknown in an item", form: "lines[0].sku=A&lines[0].x=1", problem: "lines[0].x: unknown field"},
		{name: "a struct where there is none", form: "text.x=1", problem: "text.x: unknown field"},
		{name: "odd indices", form: "tags[-1]=a&tags[01]=b&tags[]=c&tags[1=d", problem: "tags[-1]: unknown field; tags[01]: unknown field; tags[1: unknown field; tags[]: unknown field"},
		{name: "twice", form: "text=a&text=b", problem: "text: occurs twice"},
		{name: "number twice", form: "count=1&count=2", problem: "count: occurs twice"},
		{name: "struct field twice", form: "address.city=a&address.city=b", problem: "address.city: occurs twice"},
		{name: "invalid UTF-8", form: "text=%ff", problem: "text: is not valid UTF-8"},
		{name: "JSON that would add a field", form: `extra=1,"text":"b"`, problem: "extra: not JSON at byte 1: text after the value"},
		{name: "broken JSON", form: `extra={`, problem: "extra: not JSON at byte 1: a field name is expected"},
		{name: "nested too deep", form: "extra=" + strings.Repeat("[", 200), problem: "extra: not JSON at byte 100: nested deeper than 100"},
		{name: "two problems", form: "text=%ff&tags=%fe", problem: "text: is not valid UTF-8; tags[0]: is not valid UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := wire.Form(parse(t, c.query), parse(t, c.form), zurich(t), order)
			check(t, got.JSON, err, c.want, c.problem)
		})
	}
}

func zurich(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestFormOfRequiredFields: what is required and was not filled in is there to be
// refused by its own name. A box that is not ticked is false.
func TestFormOfRequiredFields(t *testing.T) {
	inputs := []wire.Input{
		{Name: "agreed", Kind: wire.InputFlag, Required: true},
		{Name: "type", Const: `"person"`},
		{Name: "n", Kind: wire.InputInt, Required: true},
		{Name: "home", Kind: wire.InputObject, Required: true, Fields: []wire.Input{{Name: "city", Required: true}}},
		payment,
	}
	got, err := wire.Form(nil, parse(t, "n=&home.city="), time.UTC, inputs)
	check(t, got.JSON, err, `{"agreed":false,"type":"person","home":{"city":""},"payment":{}}`, "")
	got, err = wire.Signals(nil, []byte(`{"n":"","payment":{"kind":""}}`), time.UTC, inputs)
	check(t, got.JSON, err, `{"type":"person","home":{},"payment":{}}`, "")
}

// TestNamed: errors name the fields of the form, also behind blank items.
func TestNamed(t *testing.T) {
	got, err := wire.Form(nil, parse(t, "lines[0].sku=&lines[4].sku=A&lines[7].sku=B&lines[7].parts=&lines[7].parts=x&tags=&tags=a&paid.kind=card&paid[card].note=a"), time.UTC, order)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"lines[0].qty": "lines[4].qty", "lines[1].parts[0]": "lines[7].parts[1]", "lines[1]": "lines[7]",
		"paid.last4": "paid[card].last4", "paid.kind": "paid.kind", "paid": "paid",
		"tags[0]": "tags[1]", "tags": "tags", "lines[10].qty": "lines[10].qty", "": "",
	} {
		var named ironstar.Invalid
		if !errors.As(got.Named(ironstar.Invalid{{Path: path}}), &named) || named[0].Path != want {
			t.Errorf("%s: got %v, want %s", path, named, want)
		}
	}
	if other := errors.New("x"); got.Named(other) != other {
		t.Error("another error was changed")
	}
}

// TestValues: a query string has no boxes, a blank text is a text, and additions
// are ignored.
func TestValues(t *testing.T) {
	inputs := []wire.Input{{Name: "find", Optional: true}, {Name: "page", Kind: wire.InputInt}, {Name: "empty", Kind: wire.InputFlag, Required: true}}
	got, err := wire.Values(parse(t, "find=&page=2&utm_source=b&__proto__=c"), time.UTC, inputs)
	check(t, got, err, `{"find":"","page":2}`, "")
}

func TestSignals(t *testing.T) {
	for _, c := range []struct{ name, query, signals, want, problem string }{
		{name: "picks its own", signals: `{"other":null,"text":"a","form":{"text":"b"},"count":3}`, want: `{"text":"a","count":3}`},
		{name: "in the order of the inputs", signals: `{"address":{ "lift" : true, "city" : "Bern" },"done":true}`, want: `{"done":true,"address":{"city":"Bern","type":"home","lift":true}}`},
		{name: "a box is not ticked by absence", signals: `{"address":{"city":"Bern"}}`, want: `{"address":{"city":"Bern","type":"home"}}`},
		{name: "blank optional fields", signals: `{"text":"","memo":"","count":"","price":" ","level":"","at":"","address":{"city":""},"paid":{"kind":"","last4":"1"},"extra":""}`, want: `{"text":""}`},
		{name: "blank items", signals: `{"tags":["","b",""],"sizes":["",1,"2"],"lines":[{"sku":"","qty":""},{"sku":"A","qty":"1"}]}`,
			want: `{"tags":["b"],"sizes":[1,2],"lines":[{"sku":"A","qty":1}]}`},
		{name: "what was typed into a field", signals: `{"count":" 1e2 ","price":"1,5","at":"2026-11-30T10:15","done":"on"}`, want: `{"count":100,"price":"1.5","done":true,"at":"2026-11-30T09:15:00Z"}`},
		{name: "what is no text stays as it is", signals: `{"text":5,"count":1e2,"tags":{},"address":[],"price":1,"extra":{"a":""}}`, want: `{"text":5,"count":1e2,"price":1,"tags":{},"address":[],"extra":{"a":""}}`},
		{name: "text for a struct", signals: `{"address":"{}"}`, want: `{"address":"{}"}`},
		{name: "unknown fields in a struct are for the decoder to refuse", signals: `{"address":{"x":1,"city":"a","_y":2}}`, want: `{"address":{"city":"a","type":"home","x":1}}`},
		{name: "union", signals: `{"paid":{"kind":"cash","last4":"","x":1}}`, want: `{"paid":{"kind":"cash","x":1}}`},
		{name: "null is for the decoder to refuse", signals: `{"text":null,"tags":[null]}`, want: `{"text":null,"tags":[null]}`},
		{name: "twice", signals: `{"text":"a","text":"b"}`, problem: "text: occurs twice"},
		{name: "the query comes first", query: "text=q&address.city=x", signals: `{"text":"a","address":{"city":"y"}}`, want: `{"text":"q","address":{"city":"x","type":"home"}}`},
		{name: "escaped name", signals: `{"te\u0078t":"a"}`, want: `{"text":"a"}`},
		{name: "case counts", signals: `{"Text":"a"}`, want: `{}`},

		{name: "empty", signals: ``, problem: "not JSON at byte 0: a value is expected"},
		{name: "not an object", signals: `[1]`, problem: "an object is expected, not [1]"},
		{name: "cut off", signals: `{"text":"a`, problem: "not JSON at byte 9: a string has no end"},
		{name: "more behind it", signals: `{} {}`, problem: "not JSON at byte 3: text after the value"},
		{name: "lone surrogate", signals: `{"x":"\ud800"}`, problem: "not JSON at byte 6: half of a surrogate pair"},
		{name: "bad query", query: "text=%ff", signals: `{}`, problem: "text: is not valid UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := wire.Signals(parse(t, c.query), []byte(c.signals), zurich(t), order)
			check(t, got.JSON, err, c.want, c.problem)
		})
	}
}

func parse(t *testing.T, query string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func check(t *testing.T, got []byte, err error, want, problem string) {
	t.Helper()
	if problem != "" {
		if err == nil || err.Error() != problem {
			t.Fatalf("got %s and error %v, want error %s", got, err, problem)
		}
		return
	}
	if err != nil || string(got) != want {
		t.Fatalf("got %s and error %v, want %s", got, err, want)
	}
	if !json.Valid(got) {
		t.Fatalf("%s is not JSON", got)
	}
}

// TestUnionsInUnions: what a form without tags costs does not multiply with each union
// within a union. There are 10^12 ways to pick cases.
func TestUnionsInUnions(t *testing.T) {
	fields := []wire.Input{{Name: "x"}}
	path := "u"
	for range 12 {
		cases := make([]wire.InputCase, 10)
		for i := range cases {
			cases[i] = wire.InputCase{Value: fmt.Sprint(i), Fields: fields}
		}
		fields = []wire.Input{{Name: "u", Kind: wire.InputUnion, Tag: "k", Cases: cases}}
		path += ".u"
	}
	got, err := wire.Form(nil, url.Values{path: {"a"}}, time.UTC, fields)
	check(t, got.JSON, err, `{"u":{}}`, "")
	got, err = wire.Signals(nil, []byte(strings.Repeat(`{"u":`, 13)+`" "`+strings.Repeat("}", 13)), time.UTC, fields)
	check(t, got.JSON, err, `{}`, "")
}

// FuzzForm: the result is an error or a JSON object with only the expected
// fields, also if it is read as signals again.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"text=a&count=1&done=on&tags=a&tags=b&paid.kind=card&extra={}", "paid.kind=card&paid[card].note=a&paid[transfer].cents=x", "at=2026-10-25T02:30&_at.at=2026-10-25T01:30:00Z", `extra=1,"text":2`, "text=%ff", "count=1e999", "lines[2].qty=1&lines[0].parts=x&lines[0].parts[3]=",
		"at=2026-03-29T02:30&price=,5&weight=1,250&ref=+A", "paid.kind=&paid.kind=cash&paid.iban=1", `lines=[{"sku":1}]`, "at=9999-12-31T23:59&count=-0e-9", "count=5e-9223372036854775808",
	} {
		f.Add(seed, `{"text":"a","x":[1,{"text":2}],"lines":[{"sku":""},{"qty":"1"}],"paid":{"kind":"card","x":1}}`)
	}
	zone := zurich(f)
	f.Fuzz(func(t *testing.T, form, signals string) {
		values, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		first, err := wire.Form(nil, values, zone, order)
		onlyOurs(t, first.JSON, err)
		if err == nil {
			again, err := wire.Signals(nil, first.JSON, zone, order)
			onlyOurs(t, again.JSON, err)
		}
		_, err = wire.Values(values, time.UTC, order)
		onlyOurs(t, []byte("{}"), err)
		got, err := wire.Signals(values, []byte(signals), zone, order)
		onlyOurs(t, got.JSON, err)
	})
}

func onlyOurs(t *testing.T, got []byte, err error) {
	t.Helper()
	if err != nil {
		var invalid ironstar.Invalid
		var syntax *wire.SyntaxError
		if !errors.As(err, &invalid) && !errors.As(err, &syntax) {
			t.Fatalf("unexpected error %T: %v", err, err)
		}
		return
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(got, &fields); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	for name := range fields {
		known := false
		for _, in := range order {
			known = known || in.Name == name
		}
		if !known {
			t.Fatalf("%s has the field %q", got, name)
		}
	}
}

func ExampleForm() {
	form, _ := url.ParseQuery("text=milk&count=+2+&due=&tags=a&tags=")
	filled, err := wire.Form(nil, form, time.UTC, []wire.Input{
		{Name: "text", Required: true}, {Name: "count", Kind: wire.InputInt}, {Name: "due", Kind: wire.InputScalar, Optional: true},
		{Name: "done", Kind: wire.InputFlag, Required: true}, {Name: "tags", Many: true},
	})
	fmt.Println(string(filled.JSON), err)
	// Output: {"text":"milk","count":2,"done":false,"tags":["a"]} <nil>
}
