//go:build browser

package browsertest

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"ironstar.dev"
	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
	"ironstar.dev/live"
)

// componentForms are two forms of the same command, made of the components of the
// library alone, and a field of each kind of control.
func componentForms(id string) templ.Component {
	field := gen.ListAddForm.Text
	field.MinLength, field.MaxLength, field.Required = 0, 0, false // so that the server is asked
	form := func(name string) templ.Component {
		return around(live.Form(todohttp.ListAddURL(id), live.FormID(name)), live.Field(field, "Text"), templ.Raw(`<button>Add</button>`))
	}
	level := ironstar.FormField{Name: "level", Values: []string{"low", "high"}}
	many := ironstar.FormField{Name: "tags", Values: []string{"a", "b"}, Many: true}
	return templ.Join(form("one"), form("two"), around(live.Form(todohttp.ListAddURL(id)),
		live.Field(field, "Long", live.Lines(3)), live.Field(level, "Level"), live.Field(many, "Tags"),
		live.Field(ironstar.FormField{Name: "loud", Type: "checkbox"}, "Loud"), live.Field(ironstar.FormField{Name: "mood", Values: level.Values, Required: true}, "Mood", live.Radios())))
}

// around renders components as the children of another, as a template does.
func around(outer templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return outer.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

// removable is a live part with a button in each row of a table.
func removable(s gen.ListState, p gen.BoardParams) templ.Component {
	rows := []templ.Component{templ.Raw(lines(s, p) + "<table>")}
	for _, i := range s.Items {
		rows = append(rows, templ.Raw("<tr><td>"), around(live.Button(todohttp.ListRemoveURL("x"), live.Fields{"id": i.ID}), templ.Raw("Remove")), templ.Raw("<td>"),
			around(live.Button(todohttp.ListRenameURL("x"), live.Fields{"id": i.ID, "text": i.Text + "!"}), templ.Raw("Louder")))
	}
	return templ.Join(append(rows, templ.Raw("</table>"))...)
}

// scripts turns the scripts of the pages that are loaded from now on on or off.
func (p *tab) scripts(on bool) {
	p.t.Helper()
	p.do("scripts", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	}))
}

// unlabelled names the controls of a page that have no label or no description,
// and ids that occur twice.
const unlabelled = `[
	...[...document.querySelectorAll("form input:not([type=hidden]), select, textarea")].filter(c => !c.labels.length).map(c => c.outerHTML + " has no label"),
	...[...document.querySelectorAll("[aria-describedby]")].filter(c => !document.getElementById(c.getAttribute("aria-describedby"))).map(c => c.outerHTML + " has no description"),
	...[...document.querySelectorAll(".live-field :is(input, select, textarea):not([type=hidden])")].filter(c => !c.closest("fieldset") && !c.getAttribute("aria-describedby")).map(c => c.outerHTML + " is not described"),
	...[...document.querySelectorAll("[id]")].filter(e => document.querySelectorAll("#" + CSS.escape(e.id)).length > 1).map(e => e.id + " occurs twice"),
].join("\n")`

func (p *tab) awaitRefused(typed string) {
	p.t.Helper()
	p.Await("the refused form", `(f => f && f.elements.text.value === `+quote(typed)+` && f.elements.text.getAttribute("aria-invalid") === "true" && document.activeElement === f.elements.text
		&& document.getElementById(f.elements.text.getAttribute("aria-describedby")).textContent.startsWith("At most 280"))(document.forms.two)`)
	if eval[bool](p, `document.forms.one.elements.text.value !== "" || !!document.querySelector("#one [aria-invalid]")`) {
		p.t.Error("the other form of the page has the error")
	}
	if wrong := eval[string](p, unlabelled); wrong != "" {
		p.t.Error(wrong)
	}
}

// TestFormComponents: forms, fields and buttons of the library's components send
// commands and show what is wrong in its place, with the client and without a script.
func TestFormComponents(t *testing.T) {
	long := strings.Repeat("x", 300)
	for _, scripted := range []bool{true, false} {
		s, b := openClient(t, clientPage{Component: removable, AroundComponent: componentForms})
		b.scripts(scripted)
		b.Reload()
		b.Await("the page", `document.querySelector("[data-live]") || `+map[bool]string{true: "false", false: "true"}[scripted])
		if wrong := eval[string](b, unlabelled); wrong != "" {
			t.Error(wrong)
		}
		b.Focus(`#two [name=text]`)
		b.Type("one\r")
		b.AwaitLines("one")
		b.Focus(`#two [name=text]`)
		b.run(`document.activeElement.value = ` + quote(long))
		b.Type("\r")
		b.awaitRefused(long)
		b.AwaitLines("one")
		b.run(`document.activeElement.value = "two"`)
		b.Type("\r")
		b.AwaitLines("one", "two")
		if at := b.Location(); !strings.Contains(at, todohttp.BoardURL("x", gen.BoardParams{})) {
			t.Errorf("scripts %v: the page has the address %s", scripted, at)
		}
		b.Click(`#live tr:nth-child(2) td:nth-child(2) button`)
		b.AwaitLines("one", "two!")
		b.Click(`#live tr:nth-child(1) td:nth-child(1) button`)
		b.AwaitLines("two!")
		s.Stop()
		s.Start()
	}
}

// TestRefusedBeforeTheScript: a form that was sent before the script ran is shown
// again. The client then takes over: the address is that of the page, and the error
// goes when its field changes.
func TestRefusedBeforeTheScript(t *testing.T) {
	_, b := openClient(t, clientPage{Component: removable, AroundComponent: componentForms})
	long := strings.Repeat("x", 300)
	b.leave(`document.forms.two.elements.text.value = ` + quote(long) + `; document.forms.two.submit()`) // submit() asks no listener
	b.awaitRefused(long)
	b.awaitLive()
	if at := b.Location(); !strings.HasSuffix(at, todohttp.BoardURL("x", gen.BoardParams{})) {
		t.Errorf("the page has the address %s", at)
	}
	b.Type("y")
	b.Await("no error", `(c => !c.hasAttribute("aria-invalid") && document.getElementById("two-text-error").textContent === "")(document.forms.two.elements.text)`)
	b.run(`document.activeElement.value = "two"`)
	b.Type("\r")
	b.AwaitLines("two")
	b.Reload()
	b.AwaitLines("two")
	if at := b.Location(); !strings.HasSuffix(at, todohttp.BoardURL("x", gen.BoardParams{})) {
		t.Errorf("after a load the page has the address %s", at)
	}
}
