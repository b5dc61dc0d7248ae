package historytest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/kinds"
	"ironstar.dev/internal/historytest/gen/kinds/kindshttp"
	"ironstar.dev/internal/historytest/gen/library/libraryhttp"
	"ironstar.dev/live"
)

// formsApp serves a page with a form, and remembers the commands that are decided.
type formsApp struct {
	url     string
	form    templ.Component // of the next page; its id is "f"
	decided []any
}

type deciding struct {
	historytest.Sample
	app *formsApp
}

func (d deciding) DecideRecord(_ kinds.SampleState, c kinds.SampleRecord) ([]kinds.SampleEvent, error) {
	d.app.decided = append(d.app.decided, c)
	return nil, nil
}

func (d deciding) DecideFill(_ kinds.SampleState, c kinds.SampleFill) ([]kinds.SampleEvent, error) {
	d.app.decided = append(d.app.decided, c)
	return nil, nil
}

func newFormsApp(t *testing.T) *formsApp {
	t.Helper()
	a := &formsApp{}
	store := newStore(t)
	eng := engine.New(store, engine.Options{})
	samples, err := kindshttp.Domain{Sample: deciding{app: a}}.Register(eng)
	if err != nil {
		t.Fatal(err)
	}
	library := libraryDomain()
	library.CardDocument = func(d libraryhttp.CardDocument) templ.Component {
		return templ.Join(templ.Raw("<!doctype html><body>"), a.form, d.Live())
	}
	books, err := library.Register(eng)
	if err != nil {
		t.Fatal(err)
	}
	if err := eng.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { eng.Close() })
	server, err := live.New(live.Options{Engine: eng, LogID: store.LogID(), Logger: slog.New(slog.DiscardHandler), Zone: zurich(t)})
	if err != nil {
		t.Fatal(err)
	}
	samples(server)
	books(server)
	h := httptest.NewServer(server)
	t.Cleanup(func() { server.CloseFeeds(); h.Close() })
	a.url = h.URL
	return a
}

// shows puts a form with some fields on the page.
func (a *formsApp) shows(action string, fields ...templ.Component) {
	a.form = templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return live.Form(action, live.FormID("f")).Render(templ.WithChildren(ctx, templ.Join(fields...)), w)
	})
}

func (a *formsApp) page(t rapid.TB) browserForm {
	t.Helper()
	resp, err := http.Get(a.url + libraryhttp.CardURL("emma"))
	if err != nil {
		t.Fatal(err)
	}
	return formOf(t, resp, http.StatusOK)
}

func formOf(t rapid.TB, resp *http.Response, want int) browserForm {
	t.Helper()
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		t.Fatalf("got %s %s, %v", resp.Status, text, err)
	}
	return formIn(t, string(text), "f")
}

// sends sends a form as a browser without scripts does.
func (a *formsApp) sends(t rapid.TB, f browserForm) *http.Response {
	t.Helper()
	req, err := http.NewRequest("POST", a.url+attribute(f.root, "action"), strings.NewReader(valuesOf(f.sent()).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "text/html")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// takes sends a form and returns the command that was decided.
func takes[C any](t rapid.TB, a *formsApp, f browserForm) C {
	t.Helper()
	if missing := f.missing(); len(missing) > 0 {
		t.Fatalf("a browser does not send the form without %q", missing)
	}
	a.decided = nil
	resp := a.sends(t, f)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || len(a.decided) != 1 {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("%s: %v\n%s", resp.Status, valuesOf(f.sent()), text)
	}
	return a.decided[0].(C)
}

func recordFields(options ...live.FieldOption) []templ.Component {
	return []templ.Component{live.Field(kinds.SampleRecordForm.Value, "Value", options...)}
}

func fillFields(v *kinds.SampleFill) []templ.Component {
	f := kinds.SampleFillForm
	if v == nil {
		return []templ.Component{live.Field(f.Sure, "Sure"), live.Field(f.Maybe, "Maybe"), live.Field(f.Level, "Level"), live.Field(f.Levels, "Levels"),
			live.Field(f.Lines, "Lines"), live.Field(f.Paid, "Paid"), live.Field(f.Answers, "Answers"), live.Field(f.Owner, "Owner"), live.Field(f.Tree, "Tree")}
	}
	return []templ.Component{live.Field(f.Sure, "Sure", live.Value(v.Sure)), live.Field(f.Maybe, "Maybe", live.Value(v.Maybe), live.Radios()),
		live.Field(f.Level, "Level", live.Value(v.Level)), live.Field(f.Levels, "Levels", live.Value(v.Levels)), live.Field(f.Lines, "Lines", live.Value(v.Lines), live.BlankRows(2)),
		live.Field(f.Paid, "Paid", live.Value(v.Paid)), live.Field(f.Answers, "Answers", live.Value(v.Answers)),
		live.Field(f.Owner, "Owner", live.Value(v.Owner)), live.Field(f.Tree, "Tree", live.Value(v.Tree))}
}

func recordJSON(t rapid.TB, v any) string {
	t.Helper()
	text, err := kinds.SampleRecordForm.Value.Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fillJSON is all of a command as text.
func fillJSON(t rapid.TB, v kinds.SampleFill) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintln(&b, v.Sure, v.Level, len(v.Levels), v.Levels, len(v.Answers), v.Answers)
	if v.Maybe != nil {
		fmt.Fprintln(&b, *v.Maybe)
	}
	f := kinds.SampleFillForm
	for _, one := range []struct {
		field ironstar.FormField
		value any
	}{{f.Lines, v.Lines}, {f.Paid, v.Paid}, {f.Owner, v.Owner}, {f.Tree, v.Tree}} {
		text, err := one.field.Encode(one.value)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	return b.String()
}

// TestFieldsOfEveryKind: a form that shows a value of any kind and is sent as it is
// leads to a command with the same value.
func TestFieldsOfEveryKind(t *testing.T) {
	a := newFormsApp(t)
	record, fill := kindshttp.SampleRecordURL("one"), kindshttp.SampleFillURL("one")
	rapid.Check(t, func(r *rapid.T) {
		want := anything(many).Draw(r, "value")
		a.shows(record, recordFields(live.Value(want))...)
		if got := takes[kinds.SampleRecord](r, a, a.page(r)).Value; recordJSON(r, got) != recordJSON(r, want) {
			r.Fatalf("got  %s\nwant %s", recordJSON(r, got), recordJSON(r, want))
		}
		filled := filling(many).Draw(r, "fill")
		a.shows(fill, fillFields(&filled)...)
		if got := takes[kinds.SampleFill](r, a, a.page(r)); fillJSON(r, got) != fillJSON(r, filled) {
			r.Fatalf("got  %s\nwant %s", fillJSON(r, got), fillJSON(r, filled))
		}
	})
}

// TestFieldsAreFilledIn: whatever a form shows of a value can be typed into the same
// form without a value, with lists of one item.
func TestFieldsAreFilledIn(t *testing.T) {
	a := newFormsApp(t)
	record, fill := kindshttp.SampleRecordURL("one"), kindshttp.SampleFillURL("one")
	typed := func(r *rapid.T, action string, with, without []templ.Component) browserForm {
		a.shows(action, with...)
		shown := a.page(r)
		a.shows(action, without...)
		blank := a.page(r)
		for _, p := range shown.sent() {
			if !strings.HasPrefix(p.name, "_") && p.value != "" && (p.value != "false" || p.name != "sure") {
				blank.fill(r, p.name, strings.ReplaceAll(p.value, "\r\n", "\n"))
			}
		}
		return blank
	}
	rapid.Check(t, func(r *rapid.T) {
		want := anything(one).Draw(r, "value")
		form := typed(r, record, recordFields(live.Value(want)), recordFields())
		if got := takes[kinds.SampleRecord](r, a, form).Value; recordJSON(r, got) != recordJSON(r, want) {
			r.Fatalf("got  %s\nwant %s", recordJSON(r, got), recordJSON(r, want))
		}
		filled := filling(one).Draw(r, "fill")
		filled.Sure = true // the box is ticked at first
		form = typed(r, fill, fillFields(&filled), fillFields(nil))
		if got := takes[kinds.SampleFill](r, a, form); fillJSON(r, got) != fillJSON(r, filled) {
			r.Fatalf("got  %s\nwant %s", fillJSON(r, got), fillJSON(r, filled))
		}
	})
}

// TestRefusedFieldsOfEveryKind: a refused form shows what was typed, says what is wrong
// at the right control, and leads to the same command when that is mended.
func TestRefusedFieldsOfEveryKind(t *testing.T) {
	a := newFormsApp(t)
	rapid.Check(t, func(r *rapid.T) {
		want := filling(many).Draw(r, "fill")
		want.Lines = append(want.Lines, kinds.Line{Sku: "last", Paid: kinds.Giro{Number: 7}})
		a.shows(kindshttp.SampleFillURL("one"), fillFields(&want)...)
		form := a.page(r)
		wrong := fmt.Sprintf("lines[%d].paid[giro].number", len(want.Lines)-1)
		for _, n := range form.controls() {
			if attribute(n, "name") == wrong {
				set(n, "type", "text")
				set(n, "value", "seven")
			}
		}
		again := formOf(r, a.sends(r, form), http.StatusUnprocessableEntity)
		for _, n := range again.controls() {
			isWrong := attribute(n, "name") == wrong
			if isWrong != (attribute(n, "aria-invalid") == "true") || isWrong != has(n, "autofocus") {
				r.Fatalf("%s is marked: %v", attribute(n, "name"), n.Attr)
			}
		}
		again.fill(r, wrong, "7")
		if got := takes[kinds.SampleFill](r, a, again); fillJSON(r, got) != fillJSON(r, want) {
			r.Fatalf("got  %s\nwant %s", fillJSON(r, got), fillJSON(r, want))
		}
	})
}

// TestTimesAtChangesOfTheClock: a control for a time shows the zone of the server, and
// sends the same instant, also of a time that clocks show twice.
func TestTimesAtChangesOfTheClock(t *testing.T) {
	a := newFormsApp(t)
	due := func(at time.Time) kinds.SampleFill {
		return kinds.SampleFill{Paid: kinds.Giro{Number: 1, Until: &kinds.GiroUntil{On: at}}, Level: kinds.SampleFillLevelValues()[0]}
	}
	for text, shown := range map[string]string{
		"2026-03-29T00:59:59.999Z": "2026-03-29T01:59:59.999", "2026-03-29T01:00:00Z": "2026-03-29T03:00", "2026-10-25T00:30:00Z": "2026-10-25T02:30",
		"2026-10-25T01:30:00Z": "2026-10-25T02:30", "2026-10-25T01:30:00.000000001Z": "2026-10-25T02:30", "2026-07-01T12:00:05Z": "2026-07-01T14:00:05",
	} {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		v := due(at)
		a.shows(kindshttp.SampleFillURL("one"), fillFields(&v)...)
		form := a.page(t)
		if got := valuesOf(form.sent()).Get("paid[giro].until.on"); got != shown {
			t.Errorf("%s is shown as %s, want %s", text, got, shown)
		}
		if got := takes[kinds.SampleFill](t, a, form); fillJSON(t, got) != fillJSON(t, v) {
			t.Errorf("%s becomes %s", text, fillJSON(t, got))
		}
		form.fill(t, "paid[giro].until.on", "2026-10-25T02:31")
		first := time.Date(2026, 10, 25, 0, 31, 0, 0, time.UTC)
		if got := takes[kinds.SampleFill](t, a, form).Paid.(kinds.Giro).Until.On; !got.Equal(first) {
			t.Errorf("after a change, %s is %s", text, got)
		}
	}
}
