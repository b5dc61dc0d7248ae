package historytest_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/internal/historytest/gen/kinds"
	"ironstar.dev/wire"
)

// TestFormOfEveryKind: a form with a field of every kind becomes the command that
// its JSON is, and blank optional fields of every kind are absent.
func TestFormOfEveryKind(t *testing.T) {
	const filled = "text=a&ratio=1,5&whole=1e2&id=+0F8FAD5B-D9CB-469F-A165-70867728950E+&at=2026-11-30T10:15&day=+2026-01-31+&cost=.5&length=+PT1H+&picture=aGk%3D" +
		"&colour=COLOUR&rank=RANK&texts=a&texts=&texts=b&shape.kind=circle&shape.radius=2&shapes[3].kind=trace&shapes[3].points=2026-11-30T10:15" +
		"&thumb=&note=&due=&pause=&part.cost=&part.tags=&maybe=&either.kind=&either.radius="
	form := url.Values{}
	text := strings.NewReplacer("COLOUR", url.QueryEscape(string(kinds.ColourValues()[0])), "RANK", "1").Replace(filled)
	values, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	for name, texts := range values {
		form["value."+name] = texts
	}
	body, err := wire.Form(nil, form, time.UTC, kinds.SampleInputs["record"])
	if err != nil {
		t.Fatal(err)
	}
	origin := ironstar.Origin{Now: time.Now, NewUUID: ironstar.NewUUID}
	c, err := kinds.ParseSampleCommand("record", body.JSON, origin)
	if err != nil {
		t.Fatalf("%s: %v", body.JSON, err)
	}
	v := c.(kinds.SampleRecord).Value
	if v.Ratio != 1.5 || v.Whole != 100 || v.Flag || v.Cost.String() != "0.5" || len(v.Texts) != 2 || len(v.Shapes) != 1 || !v.At.Equal(time.Date(2026, 11, 30, 10, 15, 0, 0, time.UTC)) {
		t.Errorf("got %+v", v)
	}
	if v.Thumb != nil || v.Note != nil || v.Due != nil || v.Pause != nil || v.Part != nil || v.Maybe != nil || v.Either != nil {
		t.Errorf("not absent: %+v", v)
	}

	for name := range form {
		form[name] = []string{""}
	}
	body, err = wire.Form(nil, form, time.UTC, kinds.SampleInputs["record"])
	if err != nil {
		t.Fatal(err)
	}
	_, err = kinds.ParseSampleCommand("record", body.JSON, origin)
	for _, field := range []string{"ratio", "whole", "id", "at", "day", "cost", "length", "colour", "rank", "shape.kind"} {
		if err == nil || !strings.Contains(err.Error(), "value."+field+": is required") {
			t.Errorf("%s was left blank: %v", field, err)
		}
	}
}
