//go:build browser

package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
)

// TestP18_WhatTheBrowserPutsBackGivesWay: on Back, browsers choose in a list what was
// chosen before, and Firefox ticks boxes, too. The page shows what was stored in
// between all the same, and sends nothing; what was typed stays.
func TestP18_WhatTheBrowserPutsBackGivesWay(t *testing.T) {
	c := &commands{}
	s, b := openClient(t, clientPage{Wrap: c.wrap,
		Component: func(l gen.ListState, p gen.BoardParams) templ.Component {
			field := ironstar.FormField{Name: "_n", Values: []string{"0", "1", "2", "3"}}
			form := around(live.Form(todohttp.ListAddURL("x"), live.FormID("f")), live.Field(gen.ListAddForm.Text, "Text", live.Value(last(l))), live.Field(field, "Number", live.Value(len(l.Items))))
			return templ.Join(form, templ.Raw(boxes(l)), templ.Raw(lines(l, p)))
		},
		Around: func(id string) string {
			return fmt.Sprintf(`<form id="complete" method="post" action="%s" data-live-command></form><form id="reopen" method="post" action="%s" data-live-command></form><textarea id="note"></textarea>`,
				todohttp.ListCompleteURL(id), todohttp.ListReopenURL(id))
		},
	})
	first := s.Lines("x", "one", "two")[0]
	b.AwaitLines("one", "two")
	b.Click(`#live [data-live-checked]`)
	b.Await("the stored tick", `(e => e.checked && e.hasAttribute("checked") && !e.ariaBusy)(document.querySelector("#live [data-live-checked]"))`)
	b.Focus("#note")
	b.Type("a note")

	b.run(`addEventListener("unload", () => {})`) // so the browser keeps no page for Back
	b.Go(s.URL(s.Addr, "/todo/tally"))
	s.Post(todohttp.ListRemoveURL("x"), `{"id":"`+first+`"}`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"three"}`)
	s.Post(todohttp.ListAddURL("x"), `{"text":"four"}`)
	b.Back()
	b.awaitLive()
	b.AwaitLines("two", "three", "four")
	const shown = `[document.forms.f.elements.text.value, document.forms.f.elements._n.value, ...[...document.querySelectorAll("#live [data-live-checked]")].map(e => e.checked), document.querySelector("#note").value].join(" ")`
	if got := eval[string](b, shown); got != "four 3 false false false a note" {
		t.Errorf("after Back the page shows %s", got)
	}
	if sent := c.all(); len(sent) != 1 {
		t.Errorf("sent %v", sent)
	}
}

// boxes are those of a list, as an application may write them.
func boxes(l gen.ListState) string {
	var b strings.Builder
	for _, i := range l.Items {
		fmt.Fprintf(&b, `<input type="checkbox" name="id" value="%s" data-live-checked="complete" data-live-unchecked="reopen"%s>`, i.ID, map[bool]string{true: " checked"}[i.Done])
	}
	return b.String()
}

// TestP31_BackFromANewThing: the form that made something new is empty on Back, so
// that it is not made twice.
func TestP31_BackFromANewThing(t *testing.T) {
	s, b := openClient(t, clientPage{AroundComponent: func(string) templ.Component {
		return around(live.Form(todohttp.ListAddURL(live.NewID), live.FormID("go")), live.Field(gen.ListAddForm.Text, "Text"), templ.Raw("<button>Add</button>"))
	}})
	first := b.Location()
	b.run(`addEventListener("unload", () => {})`) // so the browser keeps no page for Back
	b.Focus(`#go [name=text]`)
	b.Type("here\r")
	b.AwaitLines("here")
	b.Back()
	b.awaitLive()
	if at, text := b.Location(), eval[string](b, `document.forms.go.elements.text.value`); at != first || text != "" {
		t.Errorf("Back leads to %s with %q", strings.TrimPrefix(at, s.URL(s.Addr, "")), text)
	}
}
