import { type Control, isBox, isChanged, isControl, sameValue, valueOf } from "./control"
import { type Problem, problemOf, showProblem } from "./errors"
import { storeShown, undoShown } from "./shown"

// What a person typed survives a load of the page: of an old tab that loads its
// new version, and on Back in browsers that keep no pages. Passwords, files and
// hidden fields are not stored. What is wrong with a text is stored with it.

interface Value {
	readonly at: string
	readonly value: ReturnType<typeof valueOf>
}

/** A text for which the page has no field any more, in the event live-left-over of the document. */
export interface LeftOver {
	readonly text: string
}

declare global {
	interface DocumentEventMap {
		"live-left-over": CustomEvent<LeftOver>
	}
}

interface Stored {
	readonly values: readonly Value[]
	readonly problems: readonly { readonly of: string; readonly problem: Problem }[]
	readonly focus: { readonly at: string; readonly from: number | null; readonly to: number | null } | undefined
	readonly scroll: readonly [number, number]
}

/** Each page of a site has its own: a person visits others and comes back. */
const key = () => `ironstar typed ${location.pathname}`
const never = ["password", "file", "hidden", "submit", "button", "image", "reset"]

/** Names a control in a way that holds in the next version of the page: its id, or its form, its name and its number. */
const nameOf = (c: Element): string | undefined => {
	if (c.id) return `#${c.id}`
	if (!isControl(c) || !c.name) return undefined
	return JSON.stringify([c.form ? nameOfForm(c.form) : "", c.name, isBox(c) ? c.value : "", sameNamed(c).indexOf(c)])
}

const nameOfForm = (f: HTMLFormElement): string => f.id || (f.getAttribute("action") ?? "")

const sameNamed = (c: Control) =>
	Array.from(c.form?.elements ?? document.querySelectorAll("input, textarea, select")).filter((o): o is Control => isControl(o) && o.name === c.name && (!isBox(c) || o.value === c.value))

const controls = () => Array.from(document.querySelectorAll("input, textarea, select")).filter((c): c is Control => isControl(c) && !never.includes(c.type))

/** Stores what was typed for the next load of this page. If that is next, focus and scroll are stored without a text, too. */
export const storeTyped = (isNext: boolean) => {
	const active = document.activeElement
	const at = active && active !== document.body ? nameOf(active) : undefined
	const text = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement ? active : undefined
	const values = controls().flatMap((c) => {
		const at = nameOf(c)
		return at && isChanged(c) ? [{ at, value: valueOf(c) }] : []
	})
	const forms = Array.from(document.forms).filter((f) => Array.from(f.elements).some((c) => isControl(c) && isChanged(c)))
	const stored: Stored = {
		values,
		problems: forms.flatMap((f) => {
			const problem = problemOf(f)
			return problem ? [{ of: nameOfForm(f), problem }] : []
		}),
		focus: at ? { at, from: text?.selectionStart ?? null, to: text?.selectionEnd ?? null } : undefined,
		scroll: [scrollX, scrollY],
	}
	try {
		if (isNext || values.length > 0) sessionStorage.setItem(key(), JSON.stringify(stored))
		else sessionStorage.removeItem(key())
		storeShown(controls())
	} catch {
		// The page is loaded without.
	}
}

/** Puts back what the page before this load stored. */
export const restoreTyped = () => {
	const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
	const again = loaded?.type !== "navigate" // and not another visit, by a link
	const stored = take(again)
	if (!stored) return
	const byName = new Map(controls().map((c) => [nameOf(c), c]))
	for (const { at, value } of stored.values) {
		const c = byName.get(at)
		if (!c) leaveOver(value)
		if (!c || isChanged(c)) continue // what was typed before this script ran is newer
		if (sameValue(valueOf(c), value)) continue // a refused form shows what was typed, and its error
		if (c instanceof HTMLSelectElement) {
			if (Array.isArray(value)) for (const o of c.options) o.selected = value.includes(o.value)
		} else if (c instanceof HTMLInputElement && isBox(c)) {
			if (typeof value === "boolean") c.checked = value
		} else if (typeof value === "string") {
			c.value = value
		}
		c.dispatchEvent(new Event("input", { bubbles: true })) // signals that are bound to it follow
	}
	for (const { of, problem } of stored.problems) {
		const form = Array.from(document.forms).find((f) => nameOfForm(f) === of)
		if (form) showProblem(form, problem, null)
	}
	if (!again) return
	scrollTo({ left: stored.scroll[0], top: stored.scroll[1], behavior: "instant" })
	const focus = stored.focus
	const el = focus && (focus.at.startsWith("#") ? document.getElementById(focus.at.slice(1)) : byName.get(focus.at))
	if (!el) return
	el.focus({ preventScroll: true })
	if ((el instanceof HTMLInputElement || el instanceof HTMLTextAreaElement) && focus.from !== null) {
		try {
			el.setSelectionRange(focus.from, focus.to)
		} catch {
			// The type of the field has no selection.
		}
	}
}

const leaveOver = (text: Value["value"]) => {
	if (typeof text === "string" && text.trim()) document.dispatchEvent(new CustomEvent<LeftOver>("live-left-over", { detail: { text } }))
}

const take = (again: boolean): Stored | undefined => {
	try {
		if (again) undoShown(controls())
		const text = sessionStorage.getItem(key())
		sessionStorage.removeItem(key())
		return text === null ? undefined : (JSON.parse(text) as Stored)
	} catch {
		return undefined
	}
}
