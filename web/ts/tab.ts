// A tab that is older than its server loads its page again, once for each
// version of the server, and keeps what was typed.

type Values = Record<string, unknown>

/** What is kept over one reload: of the page at this address alone. */
interface Kept {
	path: string
	values: Values
	focus: { id: string; from: number | null; to: number | null } | undefined
}

// Keys pressed while the page is away are lost. So it goes when there was none
// for as long as this, in milliseconds.
const pause = 1000
let pressed = -Infinity
addEventListener("keydown", () => (pressed = performance.now()), true)

let timer = 0
let leaving = false

/** Whether this is the first reload for a version. Browsers that store nothing reload no page twice in a row. */
const first = (version: string) => {
	try {
		const seen = sessionStorage.getItem("versions")?.split(" ") ?? []
		if (seen.includes(version)) return false
		sessionStorage.setItem("versions", [...seen, version].join(" "))
		return true
	} catch {
		const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
		return loaded?.type !== "reload"
	}
}

const store = (values: Values | undefined) => {
	if (!values) return
	const at = document.activeElement
	const text = at instanceof HTMLInputElement ? at : undefined
	const focus = at?.id ? { id: at.id, from: text?.selectionStart ?? null, to: text?.selectionEnd ?? null } : undefined
	try {
		sessionStorage.setItem("kept", JSON.stringify({ path: location.pathname, values, focus } satisfies Kept))
	} catch {
		// The page is loaded again without.
	}
}

const restoreFocus = ({ focus }: Kept) => {
	const field = focus && document.getElementById(focus.id)
	field?.focus()
	if (field instanceof HTMLInputElement && focus && focus.from !== null) field.setSelectionRange(focus.from, focus.to)
}

const isValues = (v: unknown): v is Values => typeof v === "object" && v !== null && !Array.isArray(v)

const kind = (v: unknown) => (Array.isArray(v) ? "array" : v === null ? "null" : typeof v)

/** What of old has a name that now has, too, and a value of the same type. */
const fitting = (old: Values, now: Values): Values => {
	const fits: Values = {}
	for (const [name, value] of Object.entries(now)) {
		const was = old[name]
		if (isValues(was) && isValues(value)) fits[name] = fitting(was, value)
		else if (kind(was) === kind(value)) fits[name] = was
	}
	return fits
}

export const tab = {
	/**
	 * Loads the page again for a version of the server, once the person pauses.
	 * keep says what to keep, and nothing while something is under way: then this is
	 * to be called again. stuck is called if the page was loaded for this version before.
	 */
	renew(version: string, keep: () => Values | undefined, stuck: () => void) {
		const wait = () => Math.max(0, pressed + pause - performance.now())
		clearTimeout(timer)
		timer = setTimeout(() => {
			if (wait() > 0) return tab.renew(version, keep, stuck)
			const values = keep()
			if (!values || leaving) return
			if (!first(version)) return stuck()
			leaving = true
			store(values)
			addEventListener("pagehide", () => store(keep())) // what was typed until the new page came
			location.reload()
		}, wait())
	},

	/** What the page before kept, as far as it fits what this page has now. */
	kept(now: Values): Values {
		try {
			const kept = JSON.parse(sessionStorage.getItem("kept") ?? "null") as Kept | null
			sessionStorage.removeItem("kept")
			if (kept?.path !== location.pathname) return {}
			queueMicrotask(() => restoreFocus(kept)) // when the fields have their values
			return fitting(kept.values, now)
		} catch {
			return {}
		}
	},
}

declare global {
	interface Window {
		tab: typeof tab
	}
}

window.tab = tab
