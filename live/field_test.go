package live_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"ironstar.dev"
	"ironstar.dev/live"
)

func rendered(t testing.TB, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// within renders components as the children of another, as a template does.
func within(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

const errorPlace = `<p class="live-error" id="x-error" data-live-error="x" role="alert"></p>`

// TestFields: each kind of field has the control that fits, with its constraints,
// its value, and a place for what is wrong that describes it.
func TestFields(t *testing.T) {
	enum := ironstar.FormField{Name: "x", Values: []string{"a", "", "b"}}
	needed := enum
	needed.Required = true
	many := enum
	many.Many = true
	preset := enum
	preset.Default = "b"
	box := ironstar.FormField{Name: "x", Type: "checkbox"}
	kept := box
	kept.Default = "true"
	type level string
	for name, c := range map[string]struct {
		field   ironstar.FormField
		options []live.FieldOption
		want    string // without the place for errors; "(" is how the usual field begins
	}{
		"text": {ironstar.FormField{Name: "x", Type: "text", Required: true, MaxLength: 4}, []live.FieldOption{live.Value("v")},
			`(<input aria-describedby="x-error" id="x" maxlength="8" name="x" required type="text" value="v">)`},
		"no value": {ironstar.FormField{Name: "x", Type: "text"}, nil, `(<input aria-describedby="x-error" id="x" name="x" type="text">)`},
		"lines": {ironstar.FormField{Name: "x", Type: "text", MinLength: 1, Pattern: "a"}, []live.FieldOption{live.Lines(3), live.Value("\nv")},
			"(<textarea aria-describedby=\"x-error\" id=\"x\" minlength=\"1\" name=\"x\" rows=\"3\">\n\nv</textarea>)"},
		"number": {ironstar.FormField{Name: "x", Type: "number", Min: "0", Step: "1", InputMode: "numeric"}, []live.FieldOption{live.Value(int64(7))},
			`(<input aria-describedby="x-error" id="x" inputmode="numeric" min="0" name="x" step="1" type="number" value="7">)`},
		"decimal": {ironstar.FormField{Name: "x", Type: "text", InputMode: "decimal"}, []live.FieldOption{live.With(templ.Attributes{"placeholder": "1.50"})},
			`(<input aria-describedby="x-error" id="x" inputmode="decimal" name="x" placeholder="1.50" type="text">)`},
		"date": {ironstar.FormField{Name: "x", Type: "date"}, []live.FieldOption{live.Value(ironstar.Date{Year: 2026, Month: 3, Day: 9})},
			`(<input aria-describedby="x-error" id="x" name="x" type="date" value="2026-03-09">)`},
		"time":     {ironstar.FormField{Name: "x", Type: "datetime-local"}, nil, `(<input aria-describedby="x-error" id="x" name="x" type="datetime-local">)`},
		"duration": {ironstar.FormField{Name: "x", Type: "text"}, []live.FieldOption{live.Value(90 * time.Minute)}, `(<input aria-describedby="x-error" id="x" name="x" type="text" value="PT1H30M">)`},
		"no value yet": {ironstar.FormField{Name: "x", Type: "date"}, []live.FieldOption{live.Value((*ironstar.Date)(nil))},
			`(<input aria-describedby="x-error" id="x" name="x" type="date">)`},
		"enum": {enum, []live.FieldOption{live.Value(level("b")), live.Labels(map[level]string{"a": "First", "": "None"})},
			`(<select aria-describedby="x-error" autocomplete="off" id="x" name="x"><option value="">None</option><option value="a">First</option><option value="b" selected>B</option></select>)`},
		"required enum": {needed, nil,
			`(<select aria-describedby="x-error" id="x" name="x" required><option value="">–</option><option value="a">A</option><option value="b">B</option></select>)`},
		"required enum with a value": {needed, []live.FieldOption{live.Value("a")},
			`(<select aria-describedby="x-error" autocomplete="off" id="x" name="x" required><option value="a" selected>A</option><option value="b">B</option></select>)`},
		"enum with a default": {preset, nil,
			`(<select aria-describedby="x-error" id="x" name="x"><option value="a">A</option><option value="b" selected>B</option></select>)`},
		"radios": {needed, []live.FieldOption{live.Radios(), live.Value("b")},
			`<fieldset class="live-field" aria-describedby="x-error"><legend>Label</legend><label><input name="x" required type="radio" value="a"> A</label>` +
				`<label><input checked name="x" required type="radio" value="b"> B</label>` + errorPlace + `</fieldset>`},
		"radios that may be left out": {enum, []live.FieldOption{live.Radios()},
			`<fieldset class="live-field" aria-describedby="x-error"><legend>Label</legend><label><input checked name="x" type="radio" value=""> –</label>` +
				`<label><input name="x" type="radio" value="a"> A</label><label><input name="x" type="radio" value="b"> B</label>` + errorPlace + `</fieldset>`},
		"many": {many, []live.FieldOption{live.Value([]level{"a"})},
			`<fieldset class="live-field" aria-describedby="x-error"><legend>Label</legend><label><input checked name="x" type="checkbox" value="a"> A</label>` +
				`<label><input name="x" type="checkbox" value="b"> B</label>` + errorPlace + `</fieldset>`},
		"box": {box, []live.FieldOption{live.Value(true)},
			`<div class="live-field"><label for="x"><input aria-describedby="x-error" checked id="x" name="x" type="checkbox" value="true"> Label</label>` + errorPlace + `</div>`},
		"box with a default": {kept, nil, `<div class="live-field"><input type="hidden" name="x" value="false">` +
			`<label for="x"><input aria-describedby="x-error" checked id="x" name="x" type="checkbox" value="true"> Label</label>` + errorPlace + `</div>`},
		"box with a default and a value": {kept, []live.FieldOption{live.Value(false)}, `<div class="live-field"><input type="hidden" name="x" value="false">` +
			`<label for="x"><input aria-describedby="x-error" id="x" name="x" type="checkbox" value="true"> Label</label>` + errorPlace + `</div>`},
	} {
		want := c.want
		if inner, ok := strings.CutPrefix(want, "("); ok {
			want = `<div class="live-field"><label for="x">Label</label>` + strings.TrimSuffix(inner, ")") + errorPlace + `</div>`
		}
		if got := strings.Replace(rendered(t, live.Field(c.field, "Label", c.options...)), " data-live-edits", "", 1); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}

// TestWrongFields: what a template says wrongly of a field is an error that names
// the field.
func TestWrongFields(t *testing.T) {
	text := ironstar.FormField{Name: "x", Type: "text"}
	many := ironstar.FormField{Name: "x", Values: []string{"a"}, Many: true}
	for name, c := range map[string]struct {
		component templ.Component
		want      string
	}{
		"no label":                {live.Field(text, ""), "needs a name and a label"},
		"no control":              {live.Field(ironstar.FormField{Name: "x"}, "X"), "that ironstar generate wrote"},
		"no such field in it":     {live.Field(address, "X", live.Within("town", "Town")), `Within("town") of field "address": it has no such field; it has ["city" "zip"]`},
		"a wrong option in it":    {live.Field(address, "X", live.Within("zip", "", live.Radios())), `Radios of field "zip"`},
		"a value of another type": {live.Field(address, "X", live.Value(7)), "it is a int; write a live_test.home"},
		"two structs":             {live.Field(address, "X", live.Value(home{}, home{})), "it has 2 values; write one"},
		"blank rows of a text":    {live.Field(text, "X", live.BlankRows(2)), "only a list has rows"},
		"too many blank rows":     {live.Field(ironstar.FormField{Name: "x", Type: "text", Many: true}, "X", live.BlankRows(101)), "from 1 to 100"},
		"attributes of a struct":  {live.Field(address, "X", live.With(templ.Attributes{"class": "y"})), "write it in Within"},
		"a field without end":     {live.Field(endless(70), "X"), "at most 64"},
		"a struct":                {live.Field(text, "X", live.Value(struct{}{})), "write it as a string"},
		"a list of structs":       {live.Field(text, "X", live.Value([]struct{}{{}})), "write it as a string"},
		"lines of a number":       {live.Field(ironstar.FormField{Name: "x", Type: "number"}, "X", live.Lines(2)), "only a text has lines"},
		"no lines":                {live.Field(text, "X", live.Lines(0)), "at least one"},
		"radios of a text":        {live.Field(text, "X", live.Radios()), "only an enum"},
		"radios of a list":        {live.Field(many, "X", live.Radios()), "only an enum"},
		"another id":              {live.Field(text, "X", live.With(templ.Attributes{"id": "y"})), `must not have "id"`},
		"another action":          {live.Form("/x", live.FormAttributes(templ.Attributes{"Action": "/y"})), `must not have "Action"`},
		"an id with blanks":       {live.Form("/x", live.FormID("a b")), "an id has no blanks"},
		"no action":               {live.Form(""), "write a path on this server"},
		"a foreign action":        {live.Form("//evil.example/x"), "write a path on this server"},
		"a script":                {live.Form("javascript:evil()"), "write a path on this server"},
		"a hidden own name":       {live.Form("/x", live.Hidden(live.Fields{"_return": "/y"})), `the name "_return"`},
		"a button without":        {live.Button("", nil), "write a path on this server"},
		"a foreign button":        {live.Button("https://evil.example/", nil), "write a path on this server"},
		"a button's own name":     {live.Button("/x", live.Fields{"_form": "y"}), `the name "_form"`},
		"a button's value":        {live.Button("/x", live.Fields{"y": struct{}{}}), `field "y"`},
		"a button's form":         {live.Button("/x", nil, templ.Attributes{"form": "y"}), `the attribute "form"`},
	} {
		var b strings.Builder
		if err := c.component.Render(t.Context(), &b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v and %s, want an error with %q", name, err, b.String(), c.want)
		}
	}
}

// TestNothingEscapes: whatever labels, values and addresses have, it stays the text
// that it is, and adds no element and no attribute.
func TestNothingEscapes(t *testing.T) {
	const hostile = `"'><script>evil()</script><img src=x onerror=evil()></textarea></select>&amp;` + "\x00\n`{{"
	const clean = `"'><script>evil()</script><img src=x onerror=evil()></textarea></select>&amp;` + "\ufffd\n`{{"
	enum := ironstar.FormField{Name: "e" + hostile, Values: []string{hostile}}
	many := enum
	many.Many = true
	text := ironstar.FormField{Name: "t" + hostile, Type: "text", Title: hostile}
	page := rendered(t, within(live.Form("/a/x", live.FormAttributes(templ.Attributes{"class": hostile}), live.Hidden(live.Fields{"h": hostile})),
		live.Field(text, hostile, live.Value(hostile)), live.Field(text, hostile, live.Value(hostile), live.Lines(2)),
		live.Field(enum, hostile, live.Value(hostile), live.Labels(map[string]string{hostile: hostile})),
		live.Field(enum, hostile, live.Radios()), live.Field(many, hostile),
		live.Field(ironstar.FormField{Name: "b" + hostile, Type: "checkbox", Default: "true"}, hostile),
		live.Field(ironstar.FormField{Name: "s" + hostile, Fields: []ironstar.FormField{text, enum}}, hostile, live.Value(nil)),
		live.Field(ironstar.FormField{Name: "u" + hostile, Tag: "t" + hostile, Cases: []ironstar.FormCase{{Value: hostile, Fields: []ironstar.FormField{text}}}}, hostile),
		live.Field(ironstar.FormField{Name: "l" + hostile, Type: "text", Many: true}, hostile, live.Value([]string{hostile, hostile})),
		live.Field(ironstar.FormField{Name: "d" + hostile, Type: "datetime-local"}, hostile, live.Value(hostile)),
		live.Button("/a/x", live.Fields{"f": hostile}, templ.Attributes{"aria-label": hostile}), live.Button("/a/x", live.Fields{"f": hostile, "g": 1}),
	))
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	known := " form method action class name value id for type title rows checked selected legend required formaction role autocomplete " +
		"aria-describedby aria-label data-live-command data-live-edits data-live-error "
	found := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" || n.Data == "img" {
			t.Errorf("a text became the element %s", n.Data)
		}
		for _, a := range n.Attr {
			if !strings.Contains(known, " "+a.Key+" ") {
				t.Errorf("%s has the attribute %s=%q", n.Data, a.Key, a.Val)
			}
			if strings.Contains(a.Val, "evil()") && strings.HasSuffix(a.Val, clean) {
				found++
			}
		}
	}
	if strings.Contains(page, "\x00") || found < 20 {
		t.Errorf("%d attributes have the text; the page is %s", found, page)
	}
	for _, action := range []string{`/a/"><script>evil()</script>`, `/a/x?"onclick="evil()`} {
		for _, c := range []templ.Component{live.Form(action), live.Button(action, live.Fields{"a": 1, "b": 2})} {
			if got := rendered(t, c); strings.Contains(got, "<script") || strings.Contains(got, `"onclick`) {
				t.Errorf("the action %s became %s", action, got)
			}
		}
	}
}
