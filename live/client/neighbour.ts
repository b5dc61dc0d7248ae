// Who works with the keyboard keeps the place when a patch takes away the element
// that has the focus: the same control of the nearest row gets it. A row is an
// element with an id among others. If there is none, the first element gets it
// that an element around names by its id in data-live-focus.

interface Row {
	readonly el: Element
	readonly others: readonly string[] // ids of the rows after it, then of those before it, nearest first
	readonly like: string // selects the control, and others of its kind
	readonly at: number // the control's number among them
}

const likeOf = (el: Element) => el.localName + ["name", "type"].map((a) => (el.hasAttribute(a) ? `[${a}="${CSS.escape(el.getAttribute(a) ?? "")}"]` : "")).join("")

const alike = (row: Element, like: string) => [...(row.matches(like) ? [row] : []), ...row.querySelectorAll(like)]

const rowsAround = (control: Element): Row[] => {
	const rows: Row[] = []
	const like = likeOf(control)
	for (let el: Element | null = control; el?.parentElement; el = el.parentElement) {
		if (!el.id) continue
		const all = Array.from(el.parentElement.children)
		const at = all.indexOf(el)
		const others = [...all.slice(at + 1), ...all.slice(0, at).reverse()].map((other) => other.id).filter(Boolean)
		rows.push({ el, others, like, at: alike(el, like).indexOf(control) })
	}
	return rows
}

const namedAround = (control: Element): string[] => {
	const ids: string[] = []
	for (let el: Element | null = control; el; el = el.parentElement) ids.push(...(el.getAttribute("data-live-focus")?.split(/\s+/) ?? []))
	return ids
}

/** Whether the focus would bring up the keyboard of a telephone. */
const bringsUpKeyboard = (el: Element) => matchMedia("(pointer: coarse)").matches && el.matches("input:not([type=checkbox], [type=radio]), textarea")

function* successors(rows: readonly Row[], named: readonly string[]): Generator<Element | null | undefined> {
	for (const { el, others, like, at } of rows) {
		if (el.isConnected) break
		for (const id of others) {
			const other = document.getElementById(id)
			if (other) yield alike(other, like)[at]
		}
	}
	for (const id of named) yield document.getElementById(id)
}

/** Runs a patch and then gives the focus to the neighbour of the element that had it, if that is gone. */
export const keepFocus = (patch: () => void) => {
	const had = document.activeElement
	if (!had || had === document.body) return patch()
	const rows = rowsAround(had)
	const named = namedAround(had)
	patch()
	if (had.isConnected) return
	for (const el of successors(rows, named)) {
		if (document.activeElement && document.activeElement !== document.body) return
		if (el instanceof HTMLElement && !bringsUpKeyboard(el)) el.focus()
	}
}
