import { type Control, copyDefault, isBox, isChanged, isControl, restore } from "./control"
import { counterpart } from "./counterpart"

// A patch replaces what the server rendered, and leaves what a person did: typed
// and selected values, focus and caret, open details and dialogs, scrolled
// elements. A morph leaves a property alone as long as its attribute is the same
// as before. So before a patch is applied, its new elements get the attributes
// that the page has now.

/** Controls whose value the server has changed while a person changed it, with a control that has the server's value. */
const theirs = new WeakMap<Control, Control>()

/** Elements that show that something is under way. */
const busy = new Map<Element, number>()

/** Elements that a person scrolled. */
const scrolled = new Set<Element>()

const owners = "input, textarea, select, details, dialog"

/** Prepares the new version of an element for a person who uses the present one. */
export const keep = (now: Element, next: Element) => {
	for (const el of now.querySelectorAll(owners)) {
		if (isControl(el)) keepValue(el, now, next)
		else keepOpen(el, now, next)
	}
	for (const el of busy.keys()) {
		if (now.contains(el)) counterpart(el, now, next)?.setAttribute("aria-busy", "true")
	}
}

const keepValue = (el: Control, now: Element, next: Element) => {
	const inUse = isChanged(el) || (el === document.activeElement && !isBox(el)) // a box with the focus follows the server
	if (!inUse) {
		theirs.delete(el)
		return
	}
	const to = counterpart(el, now, next)
	if (!isControl(to)) return
	theirs.set(el, to.cloneNode(true) as Control)
	copyDefault(el, to)
}

const keepOpen = (el: Element, now: Element, next: Element) => {
	const to = counterpart(el, now, next)
	if (to?.localName === el.localName) to.toggleAttribute("open", el.hasAttribute("open"))
}

/** Gives a control the value that the server has for it: the person's own was sent or refused. */
export const settle = (c: Control) => {
	const from = theirs.get(c)
	theirs.delete(c)
	if (from) copyDefault(from, c)
	restore(c)
}

/** Shows that something is under way, also through patches, until the returned function is called. */
export const showBusy = (el: Element): (() => void) => {
	busy.set(el, (busy.get(el) ?? 0) + 1)
	el.setAttribute("aria-busy", "true")
	return () => {
		const left = (busy.get(el) ?? 1) - 1
		if (left > 0) {
			busy.set(el, left)
			return
		}
		busy.delete(el)
		el.removeAttribute("aria-busy")
	}
}

/** Runs patch and then scrolls what it moved back to its place. */
export const keepScroll = (patch: () => void) => {
	const places = Array.from(scrolled, (el) => ({ el, top: el.scrollTop, left: el.scrollLeft }))
	patch()
	for (const { el, top, left } of places) {
		if (!el.isConnected) scrolled.delete(el)
		else if (el.scrollTop !== top || el.scrollLeft !== left) el.scrollTo({ top, left, behavior: "instant" })
	}
}

export const startKeeping = () => {
	document.addEventListener("scroll", (e) => e.target instanceof Element && scrolled.add(e.target), { capture: true, passive: true })
	// A form that is reset gets the values that the server has now.
	document.addEventListener(
		"reset",
		(e) => {
			if (e.target instanceof HTMLFormElement) for (const c of e.target.elements) if (isControl(c)) settle(c)
		},
		true,
	)
}
