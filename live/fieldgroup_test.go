package live_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

type home struct{ city, zip string }

var address = ironstar.FormField{Name: "address", Required: true, Fields: []ironstar.FormField{
	{Name: "city", Type: "text", Required: true}, {Name: "zip", Type: "text"},
}, Encode: wire.Encoder(func(b []byte, v home) []byte { return fmt.Appendf(b, `{"city":%q,"zip":%q}`, v.city, v.zip) })}

// paid is the JSON of a union, as a generated function writes it.
type paid string

var payment = ironstar.FormField{Name: "paid", Required: true, Tag: "by", Cases: []ironstar.FormCase{
	{Value: "card", Fields: []ironstar.FormField{{Name: "number", Type: "text", Required: true, Pattern: "[0-9]{4}"}, {Name: "kept", Type: "checkbox", Default: "true"}}},
	{Value: "in cash", Fields: []ironstar.FormField{}},
}, Encode: wire.Encoder(func(b []byte, v paid) []byte { return append(b, v...) })}

// endless returns structs within structs.
func endless(depth int) ironstar.FormField {
	f := ironstar.FormField{Name: "x", Type: "text"}
	for range depth {
		f = ironstar.FormField{Name: "x", Fields: []ironstar.FormField{f}}
	}
	return f
}

// controlsOf is what a person and a screen reader have: the HTML without ids, places
// for errors, and what describes what.
func controlsOf(html string) string {
	for _, drop := range []string{` (id|for|aria-describedby)="[^"]*"`, `<p class="live-error"[^>]*></p>`} {
		html = regexp.MustCompile(drop).ReplaceAllString(html, "")
	}
	return strings.NewReplacer(` class="live-field live-group"`, "", ` class="live-field"`, "").Replace(html)
}

// TestFieldsWithSeveralControls: a struct is a group, a union has a radio button and a
// group for each case, a list has a row for each item.
func TestFieldsWithSeveralControls(t *testing.T) {
	optional, lines := payment, address
	optional.Required = false
	lines.Many, lines.Required, lines.Encode = true, false, wire.Encoder(func(b []byte, v []home) []byte {
		return wire.AppendList(b, v, func(b []byte, v home) []byte {
			return fmt.Appendf(b, `{"city":%q,"zip":%q}`, v.city, v.zip)
		})
	})
	for name, c := range map[string]struct {
		field   ironstar.FormField
		options []live.FieldOption
		want    string
	}{
		"struct": {address, nil, `<fieldset><legend>Label</legend><div><label>City</label><input name="address.city" required type="text"></div>` +
			`<div><label>Zip</label><input name="address.zip" type="text"></div></fieldset>`},
		"struct with a value": {address, []live.FieldOption{live.Value(home{"Bern", "3000"}), live.Within("zip", "Post code", live.Lines(2))}, `<fieldset data-live-edits><legend>Label</legend>` +
			`<div><label>City</label><input name="address.city" required type="text" value="Bern"></div>` +
			"<div><label>Post code</label><textarea name=\"address.zip\" rows=\"2\">\n3000</textarea></div></fieldset>"},
		"union": {payment, []live.FieldOption{live.Value(paid(`{"by":"card","number":"1234"}`)), live.Within("by", "", live.Labels(map[string]string{"in cash": "Cash"}))},
			`<fieldset data-live-edits><legend>Label</legend><div class="live-case"><label><input checked name="paid.by" required type="radio" value="card"> Card</label>` +
				`<div class="live-case-fields" role="group" aria-label="Card"><div><label>Number</label><input name="paid[card].number" pattern="[0-9]{4}" type="text" value="1234"></div>` +
				`<div><label>Kept</label><select autocomplete="off" name="paid[card].kept"><option value="">–</option><option value="true">Yes</option><option value="false">No</option></select></div></div></div>` +
				`<div class="live-case"><label><input name="paid.by" required type="radio" value="in cash"> Cash</label></div></fieldset>`},
		"optional union": {optional, nil,
			`<fieldset><legend>Label</legend><div class="live-case"><label><input checked name="paid.by" type="radio" value=""> –</label></div><div class="live-case"><label><input name="paid.by" type="radio" value="card"> Card</label>` +
				`<div class="live-case-fields" role="group" aria-label="Card"><div><label>Number</label><input name="paid[card].number" pattern="[0-9]{4}" type="text"></div>` +
				`<div><label>Kept</label><select name="paid[card].kept"><option value="">–</option><option value="true">Yes</option><option value="false">No</option></select></div></div></div>` +
				`<div class="live-case"><label><input name="paid.by" type="radio" value="in cash"> In cash</label></div></fieldset>`},
		"list of texts": {ironstar.FormField{Name: "tags", Many: true, Type: "text", Required: true}, []live.FieldOption{live.Value([]string{"a", "b"}), live.BlankRows(2)},
			`<fieldset data-live-edits><legend>Label</legend><div><label>Label 1</label><input name="tags[0]" type="text" value="a"></div><div><label>Label 2</label><input name="tags[1]" type="text" value="b"></div>` +
				`<div><label>Label 3</label><input name="tags[2]" type="text"></div><div><label>Label 4</label><input name="tags[3]" type="text"></div></fieldset>`},
		"list of bools": {ironstar.FormField{Name: "on", Many: true, Type: "checkbox"}, []live.FieldOption{live.Value(false)},
			`<fieldset data-live-edits><legend>Label</legend><div><label>Label 1</label><select autocomplete="off" name="on[0]"><option value="">–</option><option value="true">Yes</option><option value="false" selected>No</option></select></div>` +
				`<div><label>Label 2</label><select autocomplete="off" name="on[1]"><option value="">–</option><option value="true">Yes</option><option value="false">No</option></select></div></fieldset>`},
		"list of structs": {lines, []live.FieldOption{live.Value([]home{{"Bern", ""}}), live.Within("city", "Town")},
			`<fieldset data-live-edits><legend>Label</legend><fieldset><legend>Label 1</legend><div><label>Town</label><input name="address[0].city" type="text" value="Bern"></div><div><label>Zip</label><input name="address[0].zip" type="text"></div></fieldset>` +
				`<fieldset><legend>Label 2</legend><div><label>Town</label><input name="address[1].city" type="text"></div><div><label>Zip</label><input name="address[1].zip" type="text"></div></fieldset></fieldset>`},
		"JSON": {ironstar.FormField{Name: "costs", Type: "json", Encode: wire.Encoder(func(b []byte, v map[string]int64) []byte { return fmt.Appendf(b, `{"a":%d}`, v["a"]) })}, []live.FieldOption{live.Value(map[string]int64{"a": 1})},
			"<div data-live-edits><label>Label</label><textarea name=\"costs\" rows=\"3\" spellcheck=\"false\">\n{&#34;a&#34;:1}</textarea></div>"},
		"time": {ironstar.FormField{Name: "at", Type: "datetime-local"}, []live.FieldOption{live.Value(time.Date(2026, 3, 9, 8, 5, 30, 7, time.UTC))},
			`<div data-live-edits><label>Label</label><input type="hidden" name="_at.at" value="2026-03-09T08:05:30.000000007Z"><input name="at" type="datetime-local" value="2026-03-09T08:05:30"></div>`},
		"no time":             {ironstar.FormField{Name: "at", Type: "datetime-local"}, []live.FieldOption{live.Value(time.Time{})}, `<div data-live-edits><label>Label</label><input name="at" type="datetime-local"></div>`},
		"lines without Lines": {ironstar.FormField{Name: "x", Type: "text", Pattern: "y"}, []live.FieldOption{live.Value("a\nb")}, "<div data-live-edits><label>Label</label><textarea name=\"x\" rows=\"2\">\na\nb</textarea></div>"},
	} {
		if got := controlsOf(rendered(t, live.Field(c.field, "Label", c.options...))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

// TestRefusedRows: a refused form shows the rows that were sent, with their names, and
// blank ones behind them, whatever names a client sends.
func TestRefusedRows(t *testing.T) {
	tags := ironstar.FormField{Name: "tags", Many: true, Type: "text"}
	a := start(t, appOptions{noDocument: true, live: live.Options{Document: formsDocument(within(live.Form("/test/notes/a/add", live.FormID("f")), live.Field(tags, "Tags")))}})
	sent := []string{"tags[0]", "a", "tags[7]", "b", "tags[07]", "c", "tags[-1]", "d", "tags[99999999999999999999]", "e", "tags[9223372036854775807]", "f", "tags[2", "g", "tags[5].x", "h"}
	_, page := a.do(a.sends("/test/board/a", "f", "add", sent...))
	var names []string
	for _, m := range regexp.MustCompile(`name="(tags\[[^"]*)"`).FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
	}
	if got := strings.Join(names, " "); got != "tags[0] tags[5] tags[7] tags[8]" {
		t.Errorf("the rows are %s", got)
	}
	var many []string
	for i := range 3000 {
		many = append(many, fmt.Sprintf("tags[%d]", i), "x")
	}
	_, page = a.do(a.sends("/test/board/a", "f", "add", many...))
	if n := strings.Count(page, `name="tags[`); n != 1000 {
		t.Errorf("the page has %d rows", n)
	}
}
