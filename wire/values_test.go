package wire_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"ironstar.dev"
	"ironstar.dev/wire"
)

var order = []wire.Input{
	{Name: "text"},
	{Name: "count", Kind: wire.InputNumber},
	{Name: "done", Kind: wire.InputFlag},
	{Name: "tags", Many: true},
	{Name: "sizes", Kind: wire.InputNumber, Many: true},
	{Name: "payment", Kind: wire.InputObject, Fields: []wire.Input{
		{Name: "kind"}, {Name: "amount", Kind: wire.InputNumber},
	}},
	{Name: "extra", Kind: wire.InputJSON},
}

func TestValues(t *testing.T) {
	for _, c := range []struct{ name, form, second, want, problem string }{
		{name: "nothing", want: `{}`},
		{name: "text", form: "text=a+%22b%22%0A", want: `{"text":"a \"b\"\n"}`},
		{name: "empty text is text", form: "text=", want: `{"text":""}`},
		{name: "number", form: "count=+12+", want: `{"count":12}`},
		{name: "negative number", form: "count=-1.5e3", want: `{"count":-1.5e3}`},
		{name: "empty number is nothing", form: "count=", want: `{}`},
		{name: "no number goes on as text", form: "count=1+2", want: `{"count":"1 2"}`},
		{name: "octal goes on as text", form: "count=007", want: `{"count":"007"}`},
		{name: "NaN goes on as text", form: "count=NaN", want: `{"count":"NaN"}`},
		{name: "true is no number", form: "count=true", want: `{"count":"true"}`},
		{name: "flag", form: "done=on", want: `{"done":true}`},
		{name: "flag off", form: "done=off", want: `{"done":false}`},
		{name: "hidden false and a checkbox", form: "done=false&done=on", want: `{"done":true}`},
		{name: "no flag goes on as text", form: "done=maybe", want: `{"done":"maybe"}`},
		{name: "list", form: "tags=a&tags=&tags=b", want: `{"tags":["a","","b"]}`},
		{name: "list of numbers", form: "sizes=1&sizes=&sizes=x", want: `{"sizes":[1,"x"]}`},
		{name: "object", form: "payment.kind=card&payment.amount=3", want: `{"payment":{"kind":"card","amount":3}}`},
		{name: "JSON", form: `extra={"a":[1]}`, want: `{"extra":{"a":[1]}}`},
		{name: "empty JSON is nothing", form: `extra=`, want: `{}`},
		{name: "others are left alone", form: "text=a&utm_source=b&__proto__=c&payment=d", want: `{"text":"a"}`},
		{name: "first wins", form: "text=a", second: "text=b&count=2", want: `{"text":"a","count":2}`},

		{name: "twice", form: "text=a&text=b", problem: "text: is there twice"},
		{name: "number twice", form: "count=1&count=2", problem: "count: is there twice"},
		{name: "object field twice", form: "payment.kind=a&payment.kind=b", problem: "payment.kind: is there twice"},
		{name: "invalid UTF-8", form: "text=%ff", problem: "text: is not valid UTF-8"},
		{name: "JSON that would add a field", form: `extra=1,"text":"b"`, problem: "extra: not JSON at byte 1: text after the value"},
		{name: "broken JSON", form: `extra={`, problem: "extra: not JSON at byte 1: a field name is expected"},
		{name: "nested too deep", form: "extra=" + strings.Repeat("[", 200), problem: "extra: not JSON at byte 100: nested deeper than 100"},
		{name: "two problems", form: "text=%ff&tags=%fe", problem: "text: is not valid UTF-8; tags: is not valid UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := wire.Values(parse(t, c.form), parse(t, c.second), order)
			check(t, got, err, c.want, c.problem)
		})
	}
}

func TestSignals(t *testing.T) {
	for _, c := range []struct{ name, query, signals, want, problem string }{
		{name: "picks its own", signals: `{"other":null,"text":"a","form":{"text":"b"},"count":3}`, want: `{"text":"a","count":3}`},
		{name: "as they are", signals: `{"payment":{ "kind" : "card" },"done":true}`, want: `{"done":true,"payment":{ "kind" : "card" }}`},
		{name: "null is for the decoder to refuse", signals: `{"text":null}`, want: `{"text":null}`},
		{name: "twice is for the decoder to refuse", signals: `{"text":"a","text":"b"}`, want: `{"text":"a","text":"b"}`},
		{name: "the query comes first", query: "text=q&payment.kind=x", signals: `{"text":"a","payment":{"kind":"y"}}`, want: `{"text":"q","payment":{"kind":"x"}}`},
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
			got, err := wire.Signals(parse(t, c.query), []byte(c.signals), order)
			check(t, got, err, c.want, c.problem)
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

// FuzzValues: whatever a form holds, there is an error or JSON of an object
// with none but the expected fields.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{
		"text=a&count=1&done=on&tags=a&tags=b&payment.kind=c&extra={}", `extra=1,"text":2`, "text=%ff", "count=1e999",
	} {
		f.Add(seed, `{"text":"a","x":[1,{"text":2}]}`)
	}
	f.Fuzz(func(t *testing.T, form, signals string) {
		values, err := url.ParseQuery(form)
		if err != nil {
			return
		}
		got, err := wire.Values(values, nil, order)
		onlyOurs(t, got, err)
		got, err = wire.Signals(values, []byte(signals), order)
		onlyOurs(t, got, err)
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

func ExampleValues() {
	form, _ := url.ParseQuery("text=milk&count=2&done=on")
	b, err := wire.Values(form, nil, []wire.Input{
		{Name: "text"}, {Name: "count", Kind: wire.InputNumber}, {Name: "done", Kind: wire.InputFlag},
	})
	fmt.Println(string(b), err)
	// Output: {"text":"milk","count":2,"done":true} <nil>
}
