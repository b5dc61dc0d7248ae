//go:build browser

package browsertest

import (
	"context"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ironstar.dev/engine"
	"ironstar.dev/internal/historytest"
	"ironstar.dev/internal/historytest/gen/kinds"
	"ironstar.dev/internal/historytest/gen/kinds/kindshttp"
	"ironstar.dev/live"
)

// filling hands over what is decided.
type filling struct {
	historytest.Sample
	decided chan kinds.SampleFill
}

func (f filling) DecideFill(_ kinds.SampleState, c kinds.SampleFill) ([]kinds.SampleEvent, error) {
	f.decided <- c
	return nil, nil
}

// next returns what the form of the page leads to.
func (f filling) next(b *tab) kinds.SampleFill {
	b.t.Helper()
	b.Click("#fill button")
	select {
	case c := <-f.decided:
		return c
	case <-time.After(2 * time.Minute):
		b.t.Fatalf("nothing is decided: %s", eval[string](b, `document.body.innerText`))
	}
	panic("unreachable")
}

// zone is that of the person.
func (p *tab) zone(name string) {
	p.t.Helper()
	p.do("zone", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: name})
		return err
	}))
}

// casesStyle is the rule of docs/PAGES.md for pages without a script; the client has
// it.
const casesStyle = `.live-case:not(:has(> label > :checked)):not(:has(> .live-case-fields :invalid)) > .live-case-fields { display: none }`

const shownCases = `[...document.querySelectorAll(".live-case-fields")].filter(e => e.checkVisibility()).map(e => e.ariaLabel).join(" ")`

// TestNestedFields: a struct, a union and a time in one form. Only the fields of the
// picked case are shown, and they hold nothing up. A time that nobody changed is the
// same instant, in the zone of the person or, without a script, of the server.
func TestNestedFields(t *testing.T) {
	zurich := must(time.LoadLocation("Europe/Zurich"))
	second := map[bool]time.Time{ // each is half past an hour for the second time
		false: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), // in Zurich
		true:  time.Date(2026, 11, 1, 6, 30, 0, 0, time.UTC),  // in New York
	}
	var at time.Time
	sample := filling{decided: make(chan kinds.SampleFill, 10)}
	form := func(string) templ.Component {
		return around(live.Form(kindshttp.SampleFillURL("x"), live.FormID("fill")),
			live.Field(kinds.SampleFillForm.Paid, "Paid", live.Value(kinds.Giro{Number: 7, Until: &kinds.GiroUntil{On: at}})),
			live.Field(kinds.SampleFillForm.Owner, "Owner", live.Value(kinds.SampleFillOwner{Name: "Ann"})), templ.Raw(`<button>Send</button>`))
	}
	for _, scripted := range []bool{true, false} {
		at = second[scripted]
		style := map[bool]string{true: "", false: casesStyle}[scripted]
		s, b := openClient(t, clientPage{AroundComponent: form, Style: style, Zone: zurich,
			More: func(e *engine.Engine) (func(*live.Server), error) {
				return kindshttp.Domain{Sample: sample}.Register(e)
			}})
		b.zone("America/New_York")
		b.scripts(scripted)
		b.Reload()
		shown, typed := "2026-10-25T02:30", "2026-11-01T01:31"
		meant := time.Date(2026, 11, 1, 0, 31, 0, 0, time.UTC)
		if scripted {
			b.awaitLive()
			shown, meant = "2026-11-01T01:30", time.Date(2026, 11, 1, 5, 31, 0, 0, time.UTC) // twice in New York, the first
		}
		b.Await("the fields", `document.forms.fill?.elements["paid[giro].until.on"].value === `+quote(shown)+` && `+shownCases+` === "Giro"`)
		if wrong := eval[string](b, unlabelled); wrong != "" {
			t.Error(wrong)
		}
		c := sample.next(b)
		if giro, ok := c.Paid.(kinds.Giro); !ok || giro.Number != 7 || giro.Until == nil || !giro.Until.On.Equal(at) || c.Owner.Name != "Ann" || c.Owner.Home != nil {
			t.Errorf("scripts %v: the form as it was is %+v", scripted, c)
		}
		b.Await("the page", `document.forms.fill && !document.querySelector("[aria-busy]")`)
		b.run(`document.forms.fill.elements["paid[giro].until.on"].value = ` + quote(typed))
		if giro := sample.next(b).Paid.(kinds.Giro); !giro.Until.On.Equal(meant) {
			t.Errorf("scripts %v: %s is %s", scripted, typed, giro.Until.On)
		}
		b.Await("the page", `document.forms.fill && !document.querySelector("[aria-busy]")`)
		otherCases(b, sample, scripted)
		s.Stop()
	}
}

// TestNoCaseIsPickedAtFirst: as long as no case of a union is picked, no fields of one
// are shown, although the browser says that a case has to be picked.
func TestNoCaseIsPickedAtFirst(t *testing.T) {
	for _, scripted := range []bool{true, false} {
		style := map[bool]string{true: "", false: casesStyle}[scripted]
		_, b := openClient(t, clientPage{Style: style,
			AroundComponent: func(string) templ.Component {
				return around(live.Form(kindshttp.SampleFillURL("x")), live.Field(kinds.SampleFillForm.Paid, "Paid"), templ.Raw(`<button>Send</button>`))
			},
			More: func(e *engine.Engine) (func(*live.Server), error) {
				return kindshttp.Domain{Sample: filling{decided: make(chan kinds.SampleFill, 1)}}.Register(e)
			}})
		b.scripts(scripted)
		b.Reload()
		if scripted {
			b.awaitLive()
		}
		b.Await("no case", `document.querySelector(".live-case-fields") && `+shownCases+` === ""`)
		b.Click(`[name="paid.by"][value=card]`)
		b.Await("the card", shownCases+` === "Card"`)
	}
}

// otherCases picks other cases than the one that the form has at first.
func otherCases(b *tab, sample filling, scripted bool) {
	b.t.Helper()
	b.Click(`[name="paid.by"][value=card]`)
	b.Await("the card", shownCases+` === "Card"`)
	b.Focus(`[name="paid[card].number"]`)
	b.Type("12")
	b.Click(`[name="paid.by"][value=cash]`)
	b.Await("what is wrong stays in sight", shownCases+` === "Card"`)
	b.Click(`[name="paid.by"][value=card]`)
	b.Focus(`[name="paid[card].number"]`)
	b.run(`document.activeElement.value = "1234"`)
	b.Click("#fill button")
	b.Await("the error", `(c => c && c.getAttribute("aria-invalid") === "true" && document.activeElement === c && document.getElementById(c.getAttribute("aria-describedby")).textContent !== "")(document.querySelector('[name="paid[card].until"]'))`)
	if got := eval[string](b, shownCases+` + document.forms.fill.elements["paid[card].number"].value`); got != "Card1234" {
		b.t.Errorf("the refused form shows %s", got)
	}
	b.run(`document.querySelector('[name="paid[card].until"]').value = "2030-01-31"`)
	if card, ok := sample.next(b).Paid.(kinds.Card); !ok || card.Number != "1234" || card.Until.Year != 2030 {
		b.t.Errorf("got the card %+v", card)
	}
	b.Await("the page", `document.forms.fill && !document.querySelector("[aria-busy]")`)
	if got := eval[string](b, shownCases); scripted && got != "Card" {
		b.t.Errorf("after the card is stored, the form shows %q", got)
	}
	b.Click(`[name="paid.by"][value=cash]`)
	if _, ok := sample.next(b).Paid.(kinds.Cash); !ok {
		b.t.Error("no cash")
	}
	b.Await("the page", `document.forms.fill && !document.querySelector("[aria-busy]")`)
}
