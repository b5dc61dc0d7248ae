package web

import (
	"strings"

	"ironstar.dev/gen/todo"
)

// The expressions of the todo page. They hold names of signals and nothing
// that anyone typed. el is the element that has the attribute, evt the event.
//
// Signals that begin with an underscore stay in the browser: _at is the
// address, _show the filter it asks for, _live is "on" when the feed is there
// and "lost" when it has broken off, _again counts how often it is to be opened
// anew, _waiting counts the actions without an answer, _sending are the new
// lines among them. errors is filled by package live.

var form = todo.FormSignals // names only: nobody changes it

// post sends a command. The key is made once and goes along when the client
// tries again, so that the command takes effect once. Without 'disabled' a
// second action at the same address would break off the first. Tries are at
// most five seconds apart and end after two minutes.
func post(address, payload string) string {
	return "@post(" + address + ", {payload: {" + payload + ", errors: $errors}, " +
		"headers: {'Idempotency-Key': crypto.randomUUID()}, requestCancellation: 'disabled', retryMaxWait: 5000, retryMaxCount: 26})"
}

// add sends what is in the field and empties it, so that the next line can be
// typed and a second click finds nothing to send. Lines are sent one after the
// other, which keeps their order. What takes long is shown; most answers are
// there before. What was not taken comes back into the field.
func add() string {
	return strings.ReplaceAll(`const sent = TEXT;
if (sent.trim()) { TEXT = ''; el.sending = [...(el.sending ?? []), sent];
setTimeout(() => { $_sending = el.sending.join('\n') }, 400);
el.queue = (el.queue ?? Promise.resolve()).then(() => `+post("el.action", "text: sent")+`).catch(() => {}).then(() => {
el.sending.shift(); $_sending = $_sending && el.sending.join('\n');
if ($errors.text || $errors.form) TEXT = [sent, TEXT].filter(Boolean).join(' ') }) }`, "TEXT", form.Text.Ref())
}

// command sends a form that consists of a button, with the button's value.
func command() string {
	return post("el.action", "...(evt.submitter?.name && {[evt.submitter.name]: evt.submitter.value})")
}

// ticked answers to the boxes: of a line, which is busy until there is an
// answer, and of all.
func ticked() string {
	return `const box = evt.target;
if (box.matches('.toggle')) { box.ariaBusy = 'true';
` + post("document.forms[box.checked ? 'complete' : 'reopen'].action", "id: box.closest('li').id") + `.catch(() => {}).finally(() => { box.ariaBusy = null }) }
if (box.matches('.toggle-all')) document.forms[box.checked ? 'complete-all' : 'reopen-all'].requestSubmit()`
}

// clicked answers to the pencil of a line, and to the filters: the address
// changes, the page stays.
func clicked() string {
	return `const pencil = evt.target.closest('.rename'), a = evt.target.closest('.filters a');
if (pencil) { ` + edit("pencil.closest('li').id") + ` }
if (a && !evt.ctrlKey && !evt.metaKey && !evt.shiftKey) { evt.preventDefault(); history.pushState(null, '', a.href); $_at = location.href }`
}

// refusals are what the server's words for programs begin with, and what
// people read instead.
func refusals() map[string]string {
	said := map[string]string{}
	for _, r := range []todo.ListRefusal{todo.ListNoSuchItem{}, todo.ListListFull{}} {
		words, _, _ := strings.Cut(r.Error(), " (")
		said[words] = inWords[r.Code()]
	}
	return said
}

// faults counts what is under way, says that an action failed in a way that the
// server had no words for people for, and puts the boxes back to what is known.
// What an action is told holds until the next.
func faults() string {
	return `const d = evt.detail;
if (d.el.matches('.connection')) return;
if (d.type === 'started') { $_waiting++; $errors.form = $errors.id = '' }
if (d.type === 'error' || d.type === 'retries-failed') $errors.form = 'That was not saved. Please try again.';
if (d.type === 'finished') { $_waiting--;
const said = Object.entries(` + signals(refusals()) + `).find(([words]) => $errors.form.startsWith(words));
if (said) $errors.form = said[1];
if ($errors.form || $errors.id) document.querySelectorAll('.toggle, .toggle-all').forEach(box => { box.checked = box.defaultChecked }) }`
}

// corrected takes away what is said about a text that is being changed.
func corrected() string {
	return `if (evt.target.matches('.edit, .new-todo')) $errors.text = ''`
}
