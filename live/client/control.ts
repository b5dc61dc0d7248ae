/** A control of a form that has a value. */
export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

export const isControl = (x: unknown): x is Control =>
	x instanceof HTMLInputElement || x instanceof HTMLTextAreaElement || x instanceof HTMLSelectElement

const buttons = ["submit", "button", "image", "reset", "hidden"]

export const isBox = (c: Control): boolean => c.type === "checkbox" || c.type === "radio"

/** Whether a person can change the control. */
const isTheirs = (c: Control) => !buttons.includes(c.type)

/** Whether the control has another value than the server gave it. */
export const isChanged = (c: Control): boolean => {
	if (!isTheirs(c)) return false
	if (c instanceof HTMLSelectElement) return !Array.from(c.options).every((o) => o.selected === (o.defaultSelected || isFallback(c, o)))
	return c instanceof HTMLInputElement && isBox(c) ? c.checked !== c.defaultChecked : c.value !== c.defaultValue
}

/** The option that a select shows if the server selected none. */
const isFallback = (c: HTMLSelectElement, o: HTMLOptionElement) =>
	!c.multiple && c.size <= 1 && !Array.from(c.options).some((other) => other.defaultSelected) && o === Array.from(c.options).find((other) => !other.disabled)

/** What a person typed, ticked or selected. */
export const valueOf = (c: Control): string | boolean | readonly string[] => {
	if (c instanceof HTMLSelectElement) return Array.from(c.selectedOptions, (o) => o.value)
	return c instanceof HTMLInputElement && isBox(c) ? c.checked : c.value
}

/** Whether two values of a control are the same. */
export const sameValue = (a: ReturnType<typeof valueOf>, b: ReturnType<typeof valueOf>): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Gives the control the value that the server gave it. */
export const restore = (c: Control) => {
	if (c instanceof HTMLSelectElement) for (const o of c.options) o.selected = o.defaultSelected || isFallback(c, o)
	else if (c instanceof HTMLInputElement && isBox(c)) c.checked = c.defaultChecked
	else c.value = c.defaultValue
}

/** Makes the value that the control has the one that the server gave it: it was stored. */
export const makeDefault = (c: Control) => {
	if (c instanceof HTMLSelectElement) for (const o of c.options) o.defaultSelected = o.selected
	else if (c instanceof HTMLInputElement && isBox(c)) c.defaultChecked = c.checked
	else c.defaultValue = c.value
}

/** Copies from one control to another what the server says of its value. */
export const copyDefault = (from: Control, to: Control) => {
	if (from instanceof HTMLSelectElement && to instanceof HTMLSelectElement) {
		for (const o of to.options) {
			const same = Array.from(from.options).find((other) => other.value === o.value)
			if (same) o.defaultSelected = same.defaultSelected
		}
	} else if (from instanceof HTMLTextAreaElement && to instanceof HTMLTextAreaElement) {
		to.textContent = from.textContent
	} else if (from instanceof HTMLInputElement && to instanceof HTMLInputElement) {
		if (isBox(from)) to.toggleAttribute("checked", from.defaultChecked)
		else if (from.hasAttribute("value")) to.setAttribute("value", from.defaultValue)
		else to.removeAttribute("value")
	}
}

/** Whether a key belongs to an input method, such as the Enter that ends a word. In Safari that key comes after the composition, with the code 229. */
export const isComposing = (e: KeyboardEvent): boolean => e.isComposing || e.keyCode === 229
