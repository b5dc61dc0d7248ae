import { announceChanges } from "./announce"
import { dropErrors, keepErrors } from "./errors"
import { keepFocus } from "./neighbour"
import { keep, keepScroll } from "./owned"
import { localTimes } from "./times"

const elementsType = "datastar-patch-elements"

/** Applies an event of a feed: Datastar changes the elements and signals. */
export const applyPatch = (type: string, args: Record<string, string>) => {
	if (type !== elementsType || args.elements === undefined || args.namespace) {
		dispatch(type, args)
		return
	}
	const template = document.createElement("template")
	template.innerHTML = args.elements
	for (const next of template.content.children) {
		const now = next.id ? document.getElementById(next.id) : null
		if (!now) continue
		localTimes(next)
		keep(now, next)
		keepErrors(now, next)
	}
	announceChanges(() => keepFocus(() => keepScroll(() => dispatch(type, { ...args, elements: template.content }))))
	dropErrors()
	showTitle()
}

const dispatch = (type: string, argsRaw: Record<string, unknown>) => {
	document.dispatchEvent(new CustomEvent("datastar-fetch", { detail: { type, el: document.documentElement, argsRaw } }))
}

/** The live element carries the title of the document. */
const showTitle = () => {
	const title = document.querySelector<HTMLElement>("[data-live-title]")?.dataset.liveTitle
	if (title !== undefined && document.title !== title) document.title = title
}
