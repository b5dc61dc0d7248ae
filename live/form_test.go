package live_test

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"ironstar.dev"
	"ironstar.dev/live"
	"ironstar.dev/wire"
)

// visit is a command with fields of several kinds.
type visit struct {
	At    time.Time
	Until ironstar.Date
	Lines []string
}

func (visit) isCommand() {}

func decodeVisit(d *wire.Decoder) command {
	var v visit
	for o := d.Struct([]wire.Field{{Name: "at", Required: true}, {Name: "until"}, {Name: "lines"}}); o.Next(); {
		switch o.Index {
		case 0:
			v.At = d.Time()
		case 1:
			v.Until = d.Date()
		case 2:
			v.Lines = wire.List(d, func(d *wire.Decoder) (text string) {
				for o := d.Struct([]wire.Field{{Name: "text", Required: true}}); o.Next(); {
					text = d.String()
				}
				return text
			})
		}
	}
	return v
}

func checkVisit(k *wire.Checker, c command) {
	k.Object()
	wire.Each(k.At("lines"), c.(visit).Lines, func(k *wire.Checker, text string) {
		k.Object()
		k.At("text").Message("Please be brief.").MaxRunes(text, 5)
		k.End()
	})
	k.End()
}

// TestForms: fields of a form become a command by their kind, in the zone of the
// server, and errors name the fields of the form.
func TestForms(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	a := start(t, appOptions{live: live.Options{Zone: zone}})
	var got command
	live.Commands(a.live, live.CommandSet[command]{
		Kind: "test.Visits", Path: "/test/visits", Handler: fixedError{new(error)},
		Parse: func(_ string, body []byte, _ ironstar.Origin) (command, error) {
			c, err := wire.DecodeChecked(body, decodeVisit, checkVisit)
			got = c
			return c, err
		},
		Inputs: map[string][]wire.Input{"plan": {
			{Name: "at", Kind: wire.InputTime, Required: true}, {Name: "until", Kind: wire.InputScalar, Optional: true},
			{Name: "lines", Kind: wire.InputObject, Many: true, Fields: []wire.Input{{Name: "text", Required: true}}},
		}},
	})
	const multipart = "multipart/form-data; boundary=x"
	for _, c := range []struct {
		name, kind, body, datastar string
		status                     int
		want                       string // part of the answer
		at                         string // of the command
	}{
		{name: "a day and a time", kind: formType, body: "at=2026-11-30T10:15&until=&lines[0].text=", status: 303, at: "2026-11-30T09:15:00Z"},
		{name: "multipart", kind: multipart, body: "--x\r\nContent-Disposition: form-data; name=at\r\n\r\n2026-07-01T10:15\r\n--x--", status: 303, at: "2026-07-01T08:15:00Z"},
		{name: "signals", kind: jsonType, datastar: "true", body: `{"at":"2026-11-30T10:15","until":"","other":1}`, status: 202, at: "2026-11-30T09:15:00Z"},
		{name: "names of the form", kind: formType, body: "at=2026-11-30T10:15&lines[2].text=much+too+long", status: 422,
			want: `"errors":[{"field":"lines[2].text","code":"max_runes","message":"Please be brief.","has":13,"max":5}]`},
		{name: "nothing chosen", kind: formType, body: "at=", status: 422, want: `{"field":"at","code":"missing","message":"Please fill this in."}`},
		{name: "no time", kind: formType, body: "at=soon", status: 422, want: `"code":"format","message":"Please enter a day and a time like 2026-01-31T15:04."`},
		{name: "an unknown field", kind: formType, body: "at=2026-11-30T10:15&where=x", status: 422, want: `{"field":"where","code":"unknown","message":"There is no such field."}`},
		{name: "a form by Datastar", kind: formType, datastar: "true", body: "at=2026-11-30T10:15&lines[2].text=much+too+long&_return=/", status: 200,
			want: `{"_errors":{"_form":"","at":"","lines":"","lines_2_text":"Please be brief.","until":""}}`},
		{name: "JSON is taken as it is", kind: jsonType, body: `{"at":"2026-11-30T10:15"}`, status: 422, want: `"code":"format"`},
	} {
		got = nil
		resp, body := a.do(a.request("POST", "/test/visits/a/plan", c.body, "Content-Type", c.kind, "Datastar-Request", c.datastar))
		if resp.StatusCode != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s: got %d %s\nwant %d %s", c.name, resp.StatusCode, body, c.status, c.want)
		}
		if v, ok := got.(visit); c.at != "" && (!ok || v.At.Format(time.RFC3339) != c.at || len(v.Lines) > 0) {
			t.Errorf("%s: got %+v, want %s", c.name, got, c.at)
		}
	}
}
