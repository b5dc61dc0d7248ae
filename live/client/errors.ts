import { type Control, isControl } from "./control"
import { counterpart } from "./counterpart"

/** The server's answer to a command that it did not take: RFC 9457. */
export interface Problem {
	readonly status: number
	readonly code: string
	readonly detail: string
	readonly errors?: readonly { readonly field: string; readonly code: string; readonly message: string }[]
}

/** Where an error is shown, and the control that it is about. */
interface Place {
	readonly form: HTMLFormElement
	readonly control: Control | undefined
	readonly described: string | null // the control's aria-describedby before
	readonly made: boolean // by this file
}

const places = new Map<HTMLElement, Place>()
/** What is shown of each form. */
const problems = new Map<HTMLFormElement, Problem>()
let number = 0

/** Shows a problem at the fields of a form and, what belongs to none, at the form. Replaces what was shown there. */
export const showProblem = (form: HTMLFormElement, problem: Problem, by: HTMLElement | null) => {
	clearErrors(form)
	problems.set(form, problem)
	const errors = problem.errors?.length ? problem.errors : [{ field: "", message: problem.detail }]
	const whole: string[] = []
	let first: Control | undefined
	for (const { field, message } of errors) {
		const found = field ? controlAround(form, field) : undefined
		if (!found) {
			whole.push(field ? `${field}: ${message}` : message)
			continue
		}
		first ??= found.control
		say(placeOf(form, found.field, found.control), message, { form, control: found.control })
	}
	if (whole.length > 0) say(placeOfForm(form, by), whole.join(" "), { form, control: undefined })
	const active = document.activeElement
	if (first && (!active || active === document.body || form.contains(active) || active === by || (isControl(active) && active.form === form))) first.focus()
}

/** What is shown of a form. */
export const problemOf = (form: HTMLFormElement): Problem | undefined => problems.get(form)

/**
 * Removes what is said about a form as a whole, and what stands in the place that
 * all forms share. Errors at fields stay, because the page would move under a click.
 */
export const clearWhole = (form: HTMLFormElement) => {
	for (const [el, place] of places) if (!place.control && (place.form === form || el.hasAttribute("data-live-problem"))) clear(el, place)
}

/** Removes the errors of a form, or those of one control and of the form as a whole. */
export const clearErrors = (form: HTMLFormElement, control?: Control) => {
	const left = control && problems.get(form)?.errors?.filter(({ field }) => field !== "" && field !== control.name)
	const problem = problems.get(form)
	if (problem && left?.length) problems.set(form, { ...problem, errors: left })
	else problems.delete(form)
	for (const [el, place] of places) {
		if (place.form === form && (!control || !place.control || place.control === control)) clear(el, place)
	}
}

const clear = (el: HTMLElement, { control, described, made }: Place) => {
	places.delete(el)
	if (control) {
		control.removeAttribute("aria-invalid")
		if (described === null) control.removeAttribute("aria-describedby")
		else control.setAttribute("aria-describedby", described)
	}
	if (made) el.remove()
	else el.textContent = ""
}

const say = (el: { place: HTMLElement; made: boolean }, text: string, { form, control }: Pick<Place, "form" | "control">) => {
	const { place, made } = el
	const before = places.get(place)
	const described = before ? before.described : (control?.getAttribute("aria-describedby") ?? null)
	places.set(place, { form, control, described, made })
	place.id ||= `live-error-${++number}`
	place.textContent = before ? `${place.textContent} ${text}` : text
	if (!control) return
	control.setAttribute("aria-invalid", "true")
	const ids = (described ?? "").split(/\s+/).filter(Boolean)
	if (!ids.includes(place.id)) control.setAttribute("aria-describedby", [...ids, place.id].join(" "))
}

/** The control for a field, if a person can change it. */
const controlOf = (form: HTMLFormElement, field: string): Control | undefined => {
	const named = Array.from(form.elements).filter((c): c is Control => isControl(c) && c.name === field && c.type !== "hidden" && !c.matches(":disabled"))
	return named[0]
}

/** The control for a field, or the first one of the struct or list that it is in: "lines" for "lines[2].qty". */
const controlAround = (form: HTMLFormElement, field: string): { field: string; control: Control } | undefined => {
	for (let around = field; around; around = around.replace(/(^|\.|\[)[^.[]*$/, "")) {
		const place = form.querySelector(`fieldset > [data-live-error="${CSS.escape(around)}"]`)
		const inside = Array.from(place?.parentElement?.querySelectorAll("input, textarea, select") ?? [])
		const control = controlOf(form, around) ?? inside.find((c): c is Control => isControl(c) && c.type !== "hidden")
		if (control) return { field: around, control }
	}
	return undefined
}

const placeOf = (form: HTMLFormElement, field: string, control: Control) => {
	const selector = `[data-live-error="${CSS.escape(field)}"]`
	const place = form.querySelector<HTMLElement>(selector) ?? nearest(control, selector)
	return place ? { place, made: false } : make((p) => (control.closest("label") ?? control).after(p))
}

/** An element for errors that stands with the control, which is outside of its form. */
const nearest = (control: Control, selector: string): HTMLElement | undefined => {
	for (let el = control.parentElement; el && el.localName !== "body"; el = el.parentElement) {
		const found = el.querySelector<HTMLElement>(selector)
		if (found) return found
		if (el.id) return undefined
	}
	return undefined
}

const placeOfForm = (form: HTMLFormElement, by: HTMLElement | null) => {
	const own = form.querySelector<HTMLElement>('[data-live-error=""]')
	if (own) return { place: own, made: false }
	if (form.offsetParent !== null && form.contains(by)) return make((p) => form.append(p))
	const shared = document.querySelector<HTMLElement>("[data-live-problem]")
	if (shared) return { place: shared, made: false }
	return make((p) => (by?.isConnected ? by.after(p) : document.body.prepend(p)))
}

const make = (put: (place: HTMLElement) => void) => {
	const place = document.createElement("p")
	place.className = "live-error"
	place.setAttribute("role", "alert")
	put(place)
	return { place, made: true }
}

/** Keeps errors through a patch: shows in the new version of an element what the present one shows. */
export const keepErrors = (now: Element, next: Element) => {
	for (const [el, { control, made }] of places) {
		const to = control && now.contains(control) ? counterpart(control, now, next) : undefined
		if (control && to) {
			for (const name of ["aria-invalid", "aria-describedby"]) {
				const value = control.getAttribute(name)
				if (value !== null) to.setAttribute(name, value)
			}
		}
		if (!now.contains(el)) continue
		const same = counterpart(el, now, next)
		if (same) same.textContent = el.textContent
		else if (made && to) (to.closest("label") ?? to).after(el.cloneNode(true))
	}
}

/** Forgets errors whose controls a patch removed. What they say about the whole stays. */
export const dropErrors = () => {
	for (const [el, place] of places) {
		if (el.isConnected && (place.control?.isConnected ?? true)) continue
		places.delete(el)
		if (place.made) el.remove()
	}
}

/** Takes over the errors of a form that was refused without a script, so that they go when their fields change. */
const adoptErrors = () => {
	for (const place of document.querySelectorAll<HTMLElement>("form [data-live-error]")) {
		const form = place.closest("form")
		if (!form || !place.textContent) continue
		const control = place.dataset.liveError ? controlOf(form, place.dataset.liveError) : undefined
		places.set(place, { form, control, described: control?.getAttribute("aria-describedby") ?? null, made: false })
	}
}

export const startErrors = () => {
	adoptErrors()
	const changed = (e: Event) => isControl(e.target) && e.target.form && clearErrors(e.target.form, e.target)
	document.addEventListener("input", changed)
	document.addEventListener("change", changed)
}
