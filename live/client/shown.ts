import { type Control, isChanged, restore, sameValue, valueOf } from "./control"

// After a reload and on Back, Firefox gives boxes and texts what they had before if
// they were ever changed, also if that was sent and taken, and it finds them by
// their name and their number in the page. The server may have another value by
// then, and another row at that number. So what some control of the same name had
// does not count as changed by a person: the control gets the server's value, and
// then what was typed is put back. Chromium puts back later, and only what differs
// from the server's value, and lists to pick from: live.Field tells it not to.

type Shown = Record<string, ReturnType<typeof valueOf>[]>

const key = () => `ironstar shown ${location.pathname}`
const nameOf = (c: Control) => c.name || c.id
const isKept = (c: Control) => c.autocomplete !== "off" && c.form?.autocomplete !== "off"

/** Stores what controls show when the page is left. */
export const storeShown = (controls: readonly Control[]) => {
	const shown: Shown = Object.create(null)
	for (const c of controls) {
		if (!nameOf(c) || !isKept(c)) continue
		const values = (shown[nameOf(c)] ??= [])
		if (!values.some((v) => sameValue(v, valueOf(c)))) values.push(valueOf(c))
	}
	sessionStorage.setItem(key(), JSON.stringify(shown))
}

/** Undoes what the browser put back. */
export const undoShown = (controls: readonly Control[]) => {
	const text = sessionStorage.getItem(key())
	if (text === null) return
	sessionStorage.removeItem(key())
	const shown: Shown = Object.assign(Object.create(null), JSON.parse(text))
	for (const c of controls) {
		if (isKept(c) && isChanged(c) && shown[nameOf(c)]?.some((v) => sameValue(v, valueOf(c)))) {
			restore(c)
			c.dispatchEvent(new Event("input", { bubbles: true })) // signals that are bound to it follow
		}
	}
}
