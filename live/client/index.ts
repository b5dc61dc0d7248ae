// The client of a page: it keeps the page up to date through its feed, sends its
// forms, and leaves alone what only the person owns. docs/PAGES.md says what it
// does; each behaviour there has a number and a test.

import "datastar"
import { startAnnouncing } from "./announce"
import { unanswered } from "./command"
import { startErrors } from "./errors"
import { Feed } from "./feed"
import { startForms } from "./form"
import { startNavigation } from "./navigate"
import { startKeeping } from "./owned"
import { applyPatch } from "./patch"
import { renew, startRenewing } from "./renew"
import { status } from "./status"
import { startStyle } from "./style"
import { localTimes } from "./times"
import { restoreTyped } from "./typed"

export { announce } from "./announce"
export { navigate } from "./navigate"
export { isComposing } from "./control"
export { words } from "./words"
export type { Outcome } from "./command"
export type { Answer } from "./form"
export type { LeftOver } from "./typed"

/** How long something waits for the feed before it shows what it has, in milliseconds. */
const longestCatchUp = 2000

let feed: Feed | undefined

/** Waits until the page shows what happened up to the position of an answer, but not longer than two seconds. */
export const caughtUp = async (position: number): Promise<void> => {
	const end = performance.now() + longestCatchUp
	while (feed && feed.position < position && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
}

const open = (): Feed | undefined => {
	const el = document.querySelector<HTMLElement>("[data-live-feed]")
	if (!el?.dataset.liveFeed) return undefined
	const address = new URL(el.dataset.liveFeed, location.href)
	const id = address.searchParams.get("_from") ?? undefined
	address.searchParams.delete("_from")
	const loaded = location.href
	return new Feed(address.href, id, {
		event: (type, args) => {
			applyPatch(type, args)
			document.dispatchEvent(new Event("live-patched"))
		},
		stale: renew,
		over: (_, text) => (location.href === loaded ? status.gone(text) : location.reload()),
	})
}

/** A page that shows a form again, because it was refused without a script, has the address of the form. This gives it its own. */
const atHome = () => {
	const page = document.querySelector<HTMLElement>("[data-live-page]")?.dataset.livePage
	if (page) history.replaceState(history.state, "", page)
}

const start = () => {
	atHome()
	document.documentElement.dataset.live = "" // scripts run: style sheets can rely on it
	startStyle()
	localTimes(document)
	startAnnouncing()
	startKeeping()
	startErrors()
	startRenewing()
	restoreTyped()
	feed = open()
	startForms(caughtUp)
	startNavigation(feed)
	feed?.start()
	addEventListener("beforeunload", (e) => {
		if (unanswered() > 0 && status.standing === "lost") e.preventDefault()
	})
}

queueMicrotask(start) // after the script of the application, so that it hears every event
