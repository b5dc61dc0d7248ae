import { unanswered } from "./command"
import { newID } from "./id"
import { status } from "./status"
import { storeTyped } from "./typed"

// A tab that is older than its server loads its page again, once for each
// version of the server, and keeps what was typed.

/** Keys that are pressed while the page is away are lost. So the page waits until there was none for as long as this, in milliseconds. */
const rest = 1000

let pressed = Number.NEGATIVE_INFINITY
let timer: ReturnType<typeof setTimeout> | undefined
let leaving = false

/** Whether this is the first load for a version. A browser that stores nothing loads no page twice in a row. */
const first = (version: string): boolean => {
	try {
		const seen = sessionStorage.getItem("ironstar versions")?.split(" ") ?? []
		if (seen.includes(version)) return false
		sessionStorage.setItem("ironstar versions", [...seen, version].join(" "))
		return true
	} catch {
		const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
		return loaded?.type !== "reload"
	}
}

/** Loads the page again for a version of the server, once the person pauses and every command has its answer. */
export const renew = (version: string) => {
	const wait = () => Math.max(0, pressed + rest - performance.now())
	const attempt = () => {
		if (leaving) return
		if (wait() > 0 || unanswered() > 0) {
			timer = setTimeout(attempt, Math.max(50, wait()))
			return
		}
		if (!first(version)) return status.newer()
		leaving = true
		storeTyped(true)
		location.reload()
	}
	clearTimeout(timer)
	timer = setTimeout(attempt, wait())
}

export const startRenewing = () => {
	addEventListener("keydown", () => (pressed = performance.now()), true)
	document.addEventListener("live-renew", () => renew(newID())) // ironstar dev has another document
	addEventListener("pagehide", () => storeTyped(leaving)) // also what was typed until the new page came, and for Back
}
