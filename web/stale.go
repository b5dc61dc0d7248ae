package web

import (
	"strings"

	"ironstar.dev"
)

// The expressions that load a page again when it is older than its server, which
// says so in the signal _stale. ts/tab.ts does it, once for each version; _old is
// true when that did not help.

// renew loads the page again as soon as nothing is under way. keep is an
// expression of what is to be kept.
func renew(keep string) string {
	return `$_stale && !$_waiting && tab.renew($_stale, () => $_waiting || document.forms.add?.sending?.length ? undefined : ` + keep + `, () => { $_old = true })`
}

// values are signals with their values, as parts of an object.
func values(names ...ironstar.Signal) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString(string(name) + ": " + name.Ref() + ", ")
	}
	return b.String()
}

// typedText is what the todo page keeps: the new line, the line being edited and
// the text in its field, and what is wrong with them.
func typedText() string {
	return `{` + values(form.Text, form.Editing) + `errors: $errors, field: document.getElementById(` + form.Editing.Ref() + `)?.querySelector('.edit').value ?? ''}`
}

// restored puts it back. A text whose line is not there, or cannot be edited any
// more, comes into the field for new lines, before what was typed there since.
func restored() string {
	return strings.NewReplacer("EDITING", form.Editing.Ref(), "TEXT", form.Text.Ref(), "KEPT", typedText()).Replace(
		`const kept = tab.kept(KEPT), li = document.getElementById(kept.` + string(form.Editing) + ` || '');
TEXT = [kept.` + string(form.Text) + `, li ? '' : kept.field, TEXT].filter(Boolean).join(' ');
if (li) EDITING = li.id;
queueMicrotask(() => { if (li) li.querySelector('.edit').value = kept.field; Object.assign($errors, kept.errors) })`)
}
