import { type Command, isUnderWay, type Outcome, send } from "./command"
import { type Control, isBox, isChanged, isControl, makeDefault, sameValue, valueOf } from "./control"
import { clearErrors, clearWhole, type Problem, showProblem } from "./errors"
import { settle, showBusy } from "./owned"
import { followForm } from "./signals"
import { instantOf, sameWall, wallClock } from "./times"
import { words } from "./words"

// A form with data-live-command is sent by this file. It stays a plain form:
// without a script the browser sends it to the same address. Attributes of a form:
//
//	data-live-next    the form is ready for the next input at once, while the one before is sent
//	data-live-repeat  the same input twice is two commands, such as a "+1"
//	data-live-signals the name of the signals that follow the form: busy, sent, refused
//
// A check box with data-live-checked and data-live-unchecked sends the form with
// that id when it is ticked or unticked, with its own name and value.

/** How long a command may take before the form says so, in milliseconds. */
const grace = 400

/** Waits until the page shows what happened up to a position, but not long. */
export type CaughtUp = (position: number) => Promise<void>

/** What the event live-answer of a form says, before the page shows it. preventDefault leaves that to the listener. */
export interface Answer {
	readonly outcome: Outcome
	readonly by: HTMLElement | null // the button or the box that sent the form
}

declare global {
	interface HTMLElementEventMap {
		"live-answer": CustomEvent<Answer>
	}
	interface DocumentEventMap {
		"live-answer": CustomEvent<Answer>
	}
}

interface Sent {
	readonly control: Control
	readonly value: ReturnType<typeof valueOf>
}

/** What was sent last of a control. An answer to what was sent before does not touch it. */
const latest = new WeakMap<Control, Sent>()

const isLatest = (s: Sent) => latest.get(s.control) === s

export const startForms = (caughtUp: CaughtUp) => {
	document.addEventListener("submit", (e) => {
		const form = e.target
		if (e.defaultPrevented || !(form instanceof HTMLFormElement) || !form.hasAttribute("data-live-command")) return
		const command = commandOf(form, e.submitter)
		if (!command) return
		e.preventDefault()
		void submit(form, e.submitter, command, caughtUp)
	})
	const boxes = (box: EventTarget | null) => {
		if (!(box instanceof HTMLInputElement)) return
		const id = box.checked ? box.dataset.liveChecked : box.dataset.liveUnchecked
		const form = id && document.getElementById(id)
		if (!(form instanceof HTMLFormElement)) return
		const command = commandOf(form, box)
		if (command) void submit(form, box, command, caughtUp)
	}
	document.addEventListener("change", (e) => boxes(e.target))
	// A box that was ticked before this script ran.
	for (const box of document.querySelectorAll<HTMLInputElement>("[data-live-checked], [data-live-unchecked]")) {
		if (isChanged(box)) boxes(box)
	}
}

/** Signals that are bound to a control follow its new value. */
const follows = (c: Control) => c.dispatchEvent(new Event("input", { bubbles: true }))

const clear = (c: Control) => {
	settle(c)
	follows(c)
}

/** What a form sends, or undefined if the browser has to send it. */
const commandOf = (form: HTMLFormElement, by: HTMLElement | null): Command | undefined => {
	const action = by?.getAttribute("formaction") ?? form.getAttribute("action") ?? ""
	const address = new URL(action, document.baseURI)
	if (address.origin !== location.origin) return undefined
	const fields = new URLSearchParams()
	const add = (name: string, value: FormDataEntryValue) => {
		if (name && !name.startsWith("_") && typeof value === "string") fields.append(name, value)
	}
	for (const [name, value] of new FormData(form)) add(name, zoned(form, name, value))
	if (by instanceof HTMLButtonElement || by instanceof HTMLInputElement) add(by.name, by.value)
	return { address: address.href, body: fields.toString() }
}

/** A time without a zone is meant in the zone of the person. One that nobody changed is sent as the server knows it. */
const zoned = (form: HTMLFormElement, name: string, value: FormDataEntryValue): FormDataEntryValue => {
	const c = Array.from(form.elements).find((c): c is HTMLInputElement => c instanceof HTMLInputElement && c.name === name && c.type === "datetime-local")
	if (!c || typeof value !== "string") return value
	const shown = instantOf(c)
	if (shown && sameWall(value, wallClock(new Date(shown)))) return shown
	const at = new Date(value)
	return Number.isNaN(at.getTime()) ? value : at.toISOString()
}

const submit = async (form: HTMLFormElement, by: HTMLElement | null, command: Command, caughtUp: CaughtUp) => {
	if (!form.hasAttribute("data-live-repeat") && isUnderWay(command)) return
	const own = Array.from(form.elements).filter(isControl).filter((c) => !c.matches(":disabled"))
	const controls = by && isControl(by) && !own.includes(by) ? [by] : own
	const sent = controls.map((control) => ({ control, value: valueOf(control) }))
	for (const one of sent) latest.set(one.control, one)
	clearWhole(form)
	const follow = followForm(form)
	follow.busy()
	const idle = [form, by].filter((el) => el !== null).map(showBusy)
	const waiting = form.hasAttribute("data-live-next") ? next(form, sent) : showSlow(form)
	const outcome = await send(command)
	waiting.end()
	for (const end of idle) end()
	const answer = new CustomEvent<Answer>("live-answer", { bubbles: true, cancelable: true, detail: { outcome, by } })
	const more = (form.isConnected ? form : document).dispatchEvent(answer)
	if (outcome.kind === "done") {
		clearErrors(form)
		follow.sent()
		if (more) await done(sent, outcome, caughtUp)
		return
	}
	const problem = problemOf(outcome)
	follow.refused(problem)
	waiting.putBack()
	for (const one of sent) if (one.control === by && isBox(one.control) && isLatest(one)) clear(one.control)
	if (more) showProblem(form, problem, by)
}

const problemOf = (outcome: Exclude<Outcome, { kind: "done" }>): Problem => {
	if (outcome.kind === "refused") return outcome.problem
	if (outcome.kind === "unanswered") return { status: 0, code: "no_answer", detail: words.notSent }
	return { status: outcome.status, code: "foreign_answer", detail: outcome.status >= 500 ? words.failed : words.notOurs }
}

/** Clears what was taken, unless the person went on typing. */
const done = async (sent: readonly Sent[], { position, location: to }: Outcome & { kind: "done" }, caughtUp: CaughtUp) => {
	const isLive = (c: Control) => c.closest("#live") !== null
	if (!to && sent.some(({ control }) => isLive(control))) await caughtUp(position)
	for (const one of sent) {
		const { control, value } = one
		if (!sameValue(valueOf(control), value) || !isChanged(control) || !isLatest(one)) continue
		if (isLive(control) || !edits(control)) clear(control)
		else makeDefault(control)
	}
	if (to) location.assign(to) // with empty fields, or Back would show the text as not sent
}

/** Whether a field outside of the live part changes what there is, and so is not emptied: the server gave it a value. */
const edits = (c: Control) => c.closest("[data-live-edits]") !== null || (!(c instanceof HTMLSelectElement) && !isBox(c) && c.defaultValue !== "")

/** Empties a form for the next input. What was typed is shown while it is sent, and put back if it is refused. */
const next = (form: HTMLFormElement, sent: readonly Sent[]) => {
	const typed = sent.filter(({ control }) => isChanged(control))
	for (const { control } of typed) clear(control)
	const slow = showSlow(form, typed.flatMap(({ value }) => (typeof value === "string" ? [value] : [])).join(" "))
	return {
		end: slow.end,
		putBack() {
			for (const { control, value } of typed) {
				if (isBox(control) || control instanceof HTMLSelectElement) continue
				control.value = [value, control.value].filter(Boolean).join(control instanceof HTMLTextAreaElement ? "\n" : " ")
				follows(control)
			}
		},
	}
}

/** What a form is sending, in order. */
const sending = new WeakMap<HTMLFormElement, string[]>()

/** Says in the form's element with data-live-waiting that the answer takes its time. */
const showSlow = (form: HTMLFormElement, text = "") => {
	const texts = sending.get(form) ?? []
	sending.set(form, texts)
	const entry = `${words.sending} ${text}`.trim()
	const render = () => {
		const place = form.querySelector("[data-live-waiting]")
		if (place) place.textContent = texts.join("\n")
	}
	const timer = setTimeout(() => {
		texts.push(entry)
		render()
	}, grace)
	return {
		end() {
			clearTimeout(timer)
			const at = texts.indexOf(entry)
			if (at >= 0) texts.splice(at, 1)
			render()
		},
		putBack() {},
	}
}
