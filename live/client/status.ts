import { words } from "./words"

// The element with data-live-status says how the page stands with its server.
// Its value is "on" while the feed is open; else the name of what is shown.


export type Standing = "on" | "connecting" | "lost" | "polling" | "gone" | "newer"

/** How long a connection may be lost before the page says so, in milliseconds. */
const grace = 1000

let standing: Standing = "connecting"
let timer: ReturnType<typeof setTimeout> | undefined
let said = ""
/** How many commands have no answer. */
let waiting = 0

const render = () => {
	const text =
		said ||
		{
			on: "",
			connecting: "",
			lost: waiting > 0 ? words.lostWaiting : words.lost,
			polling: words.tooMany,
			gone: words.gone,
			newer: words.newer,
		}[standing]
	for (const el of document.querySelectorAll<HTMLElement>("[data-live-status]")) {
		if (el.dataset.liveStatus !== standing) el.dataset.liveStatus = standing
		if (el.textContent !== text) el.textContent = text
	}
}

const show = (to: Standing, text = "") => {
	clearTimeout(timer)
	timer = undefined
	standing = to
	said = text
	render()
}

export const status = {
	get standing() {
		return standing
	},

	on: () => show(standing === "newer" ? "newer" : "on"),
	polling: () => show("polling"),
	/** text says why, if the server did. */
	gone: (text?: string) => show("gone", text),
	newer: () => show("newer"),

	/** The connection was lost. A short loss is not shown, unless the browser knows that it is offline. */
	lost() {
		if (standing === "lost") return
		if (!navigator.onLine) return show("lost")
		timer ??= setTimeout(() => show("lost"), grace)
	},

	/** A command was sent, or one more has its answer. */
	waiting(more: number) {
		waiting += more
		render()
	},
}
