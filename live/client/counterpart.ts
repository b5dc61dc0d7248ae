/**
 * Returns the element in next that a morph makes of el, which is in now: the one
 * with the same id, else the one with the same name and the same place among its
 * like below the nearest element with an id.
 */
export const counterpart = (el: Element, now: Element, next: Element): Element | undefined => {
	if (el === now) return next
	if (el.id) return byID(next, el.id)
	const home = el.parentElement?.closest("[id]")
	const old = home && now.contains(home) ? home : now
	const scope = old === now ? next : byID(next, old.id)
	const like = likeOf(el)
	return scope?.querySelectorAll(like)[Array.from(old.querySelectorAll(like)).indexOf(el)]
}

const byID = (within: Element, id: string) => within.querySelector(`#${CSS.escape(id)}`) ?? undefined

const likeOf = (el: Element): string => {
	const name = el.getAttribute("name")
	const value = el instanceof HTMLInputElement && (el.type === "checkbox" || el.type === "radio") && el.getAttribute("value")
	return el.localName + (name ? `[name="${CSS.escape(name)}"]` : "") + (value ? `[value="${CSS.escape(value)}"]` : "")
}
