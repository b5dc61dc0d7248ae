package web

import "strings"

// The expressions that edit a line. $editing is its name, and empty otherwise.
// The form "rename" sends it, and remembers meanwhile: saving is the line whose
// answer is not there, text what it was sent, next the line to edit after it.

// edit edits a line whose name is an expression. What is being edited comes
// first: while it is being saved the other waits, and if it was refused it is
// not left behind.
func edit(id string) string {
	return strings.NewReplacer("EDITING", form.Editing.Ref(), "ID", id).Replace(
		`const open = document.getElementById(EDITING), save = document.forms.rename;
if (!open || open.id === ID) EDITING = ID;
else if (save.saving === open.id) save.next = ID;
else open.querySelector('.edit').focus()`)
}

// begin edits the line that was double-clicked.
func begin() string {
	return `const title = evt.target.closest('[data-testid=todo-title]');
if (title) { ` + edit("title.closest('li').id") + ` }`
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
// of a word in an input method is none. The focus goes to the pencil as soon as
// that is shown; the key itself must not reach it.
func typed() string {
	return `if (evt.target.matches('.edit') && !evt.isComposing && (evt.key === 'Enter' || evt.key === 'Escape')) {
evt.preventDefault(); document.forms.rename.held = true;
const pencil = evt.target.closest('li').querySelector('.rename');
if (evt.key === 'Enter') document.forms.rename.requestSubmit();
else { document.forms.rename.next = ''; ` + form.Editing.Ref() + ` = '' }
queueMicrotask(() => pencil.focus()) }`
}

// pressed keeps the key that ended the editing from the pencil, which has the
// focus before the key is up.
func pressed() string {
	return `if (evt.target.matches('.rename') && document.forms.rename.held) evt.preventDefault()`
}

// left saves when the field is left.
func left() string {
	return `const li = evt.target.closest('li');
if (evt.target.matches('.edit') && li.id === ` + form.Editing.Ref() + `) { document.forms.rename.line = li; document.forms.rename.requestSubmit() }`
}

// taken saves when the line is taken away while someone is typing: by a filter
// that it no longer passes, or because someone removed it. Some browsers say
// before that the field is left, others do not.
func taken() string {
	return `if (evt.detail.id === ` + form.Editing.Ref() + `) { document.forms.rename.line = evt.detail; document.forms.rename.requestSubmit() }`
}

// rename saves the field: nothing in it removes the line, the same text changes
// nothing. The line is being edited until the answer is there.
func rename() string {
	return strings.ReplaceAll(`const li = el.line ?? document.getElementById(EDITING), text = li?.querySelector('.edit').value.trim();
el.line = undefined;
if (li && !text) { li.querySelector('.destroy').click(); EDITING = '' }
else if (li && text === li.querySelector('[data-testid=todo-title]').textContent) EDITING = '';
else if (li && el.saving !== li.id) { el.saving = li.id; el.text = text; el.failed = false; `+post("el.action", "id: li.id, text")+` }`, "EDITING", form.Editing.Ref())
}

// renamed ends the editing if the text was taken, and goes on to the line that
// waits. A text that was refused stays in its field; if that is gone, it comes
// into the field for new lines.
func renamed() string {
	return strings.NewReplacer("EDITING", form.Editing.Ref(), "TEXT", form.Text.Ref()).Replace(`const d = evt.detail;
if (d.el === el && (d.type === 'error' || d.type === 'retries-failed')) el.failed = true;
if (d.el === el && d.type === 'finished') {
const li = document.getElementById(el.saving), open = EDITING === el.saving, said = $errors.text, next = el.next;
if (!el.failed && !said && !$errors.form) {
if (open && !next && li?.contains(document.activeElement)) queueMicrotask(() => li.querySelector('.rename').focus());
if (open) EDITING = next || '' }
else if (!li) {
TEXT = [TEXT, el.text].filter(Boolean).join(' ');
if ($errors.form) $errors.form += ' Your text is in the field for new lines.';
if (open) { EDITING = ''; queueMicrotask(() => { $errors.text = said }) } }
else if (open && next) li.querySelector('.edit').focus();
el.saving = el.next = '' }`)
}
