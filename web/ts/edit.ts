import { isComposing } from "ironstar"

// A line is edited in its own field, which is enabled meanwhile. The form
// "rename" sends it. One line is edited at a time.

const form = document.querySelector<HTMLFormElement>("form#rename")
const newLine = document.querySelector<HTMLInputElement>("#new-todo")

let edited: HTMLInputElement | undefined
let saving: { readonly field: HTMLInputElement; readonly text: string } | undefined
let next: Element | undefined // the line to edit when this one is saved

const part = (of: Element, selector: string) => of.closest("li")?.querySelector<HTMLElement>(selector)
const titleOf = (of: Element) => part(of, "[data-testid=todo-title]")?.textContent ?? ""

/** Edits a line. One that is edited already comes first: it is saved, or it was refused and stays open. */
const edit = (line: Element, text = titleOf(line)) => {
	const field = line.querySelector<HTMLInputElement>(".edit")
	if (!field || field === edited) return
	if (edited && saving) next = line
	else if (edited) edited.focus()
	if (edited) return
	edited = field
	field.disabled = false
	field.value = text
	field.focus()
}

const stop = (field: HTMLInputElement) => {
	const focused = document.activeElement === field
	edited = undefined
	field.disabled = true
	field.value = ""
	field.dispatchEvent(new Event("input", { bubbles: true })) // takes its error away
	if (focused) part(field, ".rename")?.focus()
	if (form?.contains(field)) field.closest("li")?.remove()
}

/** Saves the edited line, or removes it if there is nothing in the field. */
const save = () => {
	if (!edited || saving) return
	const field = edited
	const text = field.value.trim()
	if (text !== "" && text !== titleOf(field)) {
		saving = { field, text }
		form?.requestSubmit(part(field, ".rename"))
		return
	}
	stop(field)
	if (text === "") part(field, ".destroy")?.click()
}

/** Moves a text that has no line to the field for new ones. */
const moveToNewLine = (text: string) => {
	if (!newLine) return
	newLine.value = [newLine.value, text].filter(Boolean).join(" ")
	newLine.dispatchEvent(new Event("input", { bubbles: true }))
}

form?.addEventListener("live-answer", ({ detail }) => {
	const done = detail.outcome.kind === "done"
	const [saved, after] = [saving, next]
	saving = next = undefined
	if (!saved || saved.field !== edited) return
	const { field, text } = saved
	if (form.contains(field)) {
		stop(field)
		if (done) return
		moveToNewLine(text)
		queueMicrotask(() => document.querySelector("[data-live-problem]")?.append(" Your text is in the field for new lines."))
	} else if (!done) {
		if (after) field.focus()
	} else if (field.value.trim() === text) {
		stop(field)
		if (after?.isConnected) edit(after)
	} else if (document.activeElement !== field) {
		save() // what was typed since
	}
})

// A patch took the line away: a filter hides it, or someone removed it. What was
// typed is saved from within the form.
document.addEventListener("live-patched", () => {
	const line = edited?.isConnected === false && edited.closest("li")
	if (!line) return
	form?.append(line)
	save()
})

document.addEventListener("live-left-over", ({ detail }) => moveToNewLine(detail.text))

const on = <K extends keyof DocumentEventMap>(type: K, act: (at: HTMLElement, e: DocumentEventMap[K]) => void) =>
	document.addEventListener(type, (e) => e.target instanceof HTMLElement && act(e.target, e))

const editLineOf = (at: HTMLElement, text?: string) => {
	const line = at.closest("li")
	if (line) edit(line, text)
}

on("dblclick", (at) => at.matches("[data-testid=todo-title]") && editLineOf(at))

on("click", (at, e) => {
	if (!at.matches(".rename")) return
	e.preventDefault() // without a script it leads to a page that asks for the text
	editLineOf(at)
})

on("focusout", (at) => at === edited && save())

// The page was loaded again, and the text of an edited line is put back.
on("input", (at) => at instanceof HTMLInputElement && at.matches(".edit:disabled") && at.value !== "" && editLineOf(at, at.value))

/** Whether the key that ended the editing is still pressed. It must not press a pencil: the form's first, or the one that has the focus then. */
let held = false

on("keypress", (_, e) => held && e.key === "Enter" && e.preventDefault())
on("keyup", () => (held = false))

on("keydown", (at, e) => {
	if (at !== edited || isComposing(e) || (e.key !== "Enter" && e.key !== "Escape")) return
	e.preventDefault()
	held = true
	if (e.key === "Enter") return save()
	next = undefined
	stop(edited)
})
