package live_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ironstar.dev/live"
)

// TestTime: an instant is shown in the server's zone, in feeds and documents, and
// its attribute is in UTC. A countdown is the same to those who have no script.
func TestTime(t *testing.T) {
	zone := time.FixedZone("XYZ", 2*3600)
	at := time.Date(2026, 3, 9, 23, 5, 7, 120_000_000, time.FixedZone("", -3600))
	const want = `<time datetime="2026-03-10T00:05:07.12Z" data-local-time>2026-03-10 `
	document := func(d live.Document) templ.Component { return templ.Join(live.Time(at), d.Content) }
	for _, c := range []struct {
		zone *time.Location
		text string
	}{{nil, "00:05 UTC</time>"}, {zone, "02:05 XYZ</time>"}} {
		a := start(t, appOptions{
			noDocument: true, live: live.Options{Document: document, Zone: c.zone},
			render: func(notes, boardParams) templ.Component { return templ.Join(live.Time(at), live.Time(time.Time{})) },
		})
		if _, page := a.do(a.request("GET", "/test/board/a", "")); page != want+c.text+`<div id="live" data-live-title="test.Board">`+want+c.text+"</div>" {
			t.Errorf("the document is %s", page)
		}
		if got := a.feed("/test/board/a/feed").patch(); got != `<div id="live" data-live-title="test.Board">`+want+c.text+"</div>" {
			t.Errorf("the feed has %s", got)
		}
	}
	var left strings.Builder
	countdown := strings.Replace(want, "data-local-time", `data-local-time="left" role="timer" aria-live="off"`, 1) + "00:05 UTC</time>"
	if err := templ.Join(live.Countdown(at), live.Countdown(time.Time{})).Render(t.Context(), &left); err != nil || left.String() != countdown {
		t.Errorf("a countdown is %s, %v", left.String(), err)
	}
	var b strings.Builder
	if err := live.Time(at.Truncate(time.Second)).Render(t.Context(), &b); err != nil || b.String() != strings.Replace(want, ".12Z", "Z", 1)+"00:05 UTC</time>" {
		t.Errorf("without a server it is %s, %v", b.String(), err)
	}
}
