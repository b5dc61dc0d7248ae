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
// and "lost" when it has broken off.
// errors is filled by package live.

var form = todo.FormSignals // names only: nobody changes it

// post sends a command. The key is made once and goes along when the client
// tries again, so that the command takes effect once. Without 'disabled' a
// second action at the same address would break off the first.
func post(address, payload string) string {
	return "@post(" + address + ", {payload: {" + payload + ", errors: $errors}, " +
		"headers: {'Idempotency-Key': crypto.randomUUID()}, requestCancellation: 'disabled'})"
}

// add sends what is in the field and empties it, so that the next line can be
// typed and a second click finds nothing to send. Lines are sent one after the
// other, which keeps their order. What was not taken comes back into the field.
func add() string {
	return strings.ReplaceAll(`const sent = TEXT;
if (sent.trim()) { TEXT = '';
el.queue = (el.queue ?? Promise.resolve()).then(() => `+post("el.action", "text: sent")+`).catch(() => {}).then(() => {
if ($errors.text || $errors.form) TEXT = [sent, TEXT].filter(Boolean).join(' ') }) }`, "TEXT", form.Text.Ref())
}

// command sends a form that consists of a button, with the button's value.
func command() string {
	return post("el.action", "...(evt.submitter?.name && {[evt.submitter.name]: evt.submitter.value})")
}

// ticked answers to the boxes: of a line, and of all.
func ticked() string {
	return `const box = evt.target;
if (box.matches('.toggle')) ` + post("document.forms[box.checked ? 'complete' : 'reopen'].action", "id: box.closest('li').id") + `;
if (box.matches('.toggle-all')) document.forms[box.checked ? 'complete-all' : 'reopen-all'].requestSubmit()`
}

// clicked answers to the pencil of a line, and to the filters: the address
// changes, the page stays.
func clicked() string {
	return `const pencil = evt.target.closest('.rename'), a = evt.target.closest('.filters a');
if (pencil) ` + form.Editing.Ref() + ` = pencil.closest('li').id;
if (a && !evt.ctrlKey && !evt.metaKey && !evt.shiftKey) { evt.preventDefault(); history.pushState(null, '', a.href); $_at = location.href }`
}

// begin edits the line that was double-clicked.
func begin() string {
	return `const title = evt.target.closest('[data-testid=todo-title]');
if (title) ` + form.Editing.Ref() + ` = title.closest('li').id`
}

// edited puts the text into the field of the line being edited, once. From then
// on the field belongs to the person: the server renders none of its text. It
// looks at nothing but the line's name; setting a signal would count as looking.
func edited() string {
	return `const li = document.getElementById(` + form.Editing.Ref() + `);
@peek(() => { $errors.text = '' });
if (li) { const field = li.querySelector('.edit'); field.value = li.querySelector('[data-testid=todo-title]').textContent; queueMicrotask(() => field.focus()) }`
}

// typed answers to Enter and Escape in that field. Enter that ends the writing
// of a word in an input method is none.
func typed() string {
	return `if (evt.target.matches('.edit') && !evt.isComposing) {
const pencil = evt.target.closest('li').querySelector('.rename');
if (evt.key === 'Enter') document.forms.rename.requestSubmit();
if (evt.key === 'Escape') ` + form.Editing.Ref() + ` = '';
if (evt.key === 'Enter' || evt.key === 'Escape') queueMicrotask(() => pencil.focus()) }`
}

// left saves when the field is left, also because its line is being taken away:
// by a filter that it no longer passes, while someone is typing.
func left() string {
	return `const li = evt.target.closest('li');
if (evt.target.matches('.edit') && li.id === ` + form.Editing.Ref() + `) { document.forms.rename.line = li; document.forms.rename.requestSubmit() }`
}

// rename saves the field: nothing in it removes the line, the same text changes
// nothing. The line is being edited until the answer is there.
func rename() string {
	return strings.ReplaceAll(`const li = el.line ?? document.getElementById(EDITING), text = li?.querySelector('.edit').value.trim();
el.line = undefined;
if (li && !text) { li.querySelector('.destroy').click(); EDITING = '' }
else if (li && text === li.querySelector('[data-testid=todo-title]').textContent) EDITING = '';
else if (li && el.saving !== li.id) { el.saving = li.id; el.failed = false; `+post("el.action", "id: li.id, text")+` }`, "EDITING", form.Editing.Ref())
}

// renamed ends the editing if the text was taken.
func renamed() string {
	return strings.ReplaceAll(`const d = evt.detail;
if (d.el === el && (d.type === 'error' || d.type === 'retries-failed')) el.failed = true;
if (d.el === el && d.type === 'finished') {
if (!el.failed && !$errors.text && !$errors.form && EDITING === el.saving) EDITING = '';
el.saving = '' }`, "EDITING", form.Editing.Ref())
}

// faults says that an action failed in a way that the server had no words for,
// and puts the boxes back to what is known.
func faults() string {
	return `const d = evt.detail;
if (d.el.matches('.connection')) return;
if (d.type === 'error' || d.type === 'retries-failed') $errors.form = 'That was not saved. Please try again.';
if (d.type === 'finished' && ($errors.form || $errors.id)) document.querySelectorAll('.toggle, .toggle-all').forEach(box => { box.checked = box.defaultChecked })`
}

// shown is the filter that the address asks for: by its end, or by its query.
func shown() string {
	return `({'#/': 'all', '#/active': 'active', '#/completed': 'completed'})[new URL($_at).hash] ?? new URL($_at).searchParams.get('show') ?? 'all'`
}

// follow opens the feed, and opens another when the filter changes. The page
// goes on from where it was rendered only the first time, and only with the
// filter that it was rendered with: later it shows something else.
func (b board) follow() string {
	return `el.stop?.abort();
@get(` + quoted(b.feed) + ` + '?show=' + $_show + ($_show === ` + quoted(string(b.show)) + ` && !el.stop ? ` + quoted("&from="+b.from) + ` : ''), ` +
		`{retry: 'always', retryMaxCount: Infinity, requestCancellation: el.stop = new AbortController()})`
}

// connection keeps track of whether the feed is there. app.ts says when it is
// there again.
func connection() string {
	return `const d = evt.detail;
if (d.el === el && (d.type === 'retrying' || d.type === 'error' || d.type === 'retries-failed')) $_live = 'lost';
if (d.el === el && d.type.startsWith('datastar')) $_live = 'on'`
}
