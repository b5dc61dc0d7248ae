import { newID } from "./id"

// Browsers keep at most six connections to an origin over HTTP/1.1, for all its
// pages together. A feed takes one of them. Pages count their feeds through Web
// Locks, so that links and commands always find a free connection.

/** How many feeds may be open at the same time over HTTP/1.1. */
const most = 4

const prefix = "ironstar feed "

export interface Slot {
	/** There are as many feeds as there may be: this page must not keep its connection. */
	readonly scarce: boolean
	release(): void
}

const overHTTP1 = () => {
	const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[]
	return page?.nextHopProtocol === "http/1.1"
}

const free: Slot = { scarce: false, release: () => {} }

export const slots = {
	async take(): Promise<Slot> {
		if (!overHTTP1() || !navigator.locks) return free // not in insecure contexts
		try {
			const { held = [] } = await navigator.locks.query()
			const open = held.filter((lock) => lock.name?.startsWith(prefix)).length
			if (open >= most) return { scarce: true, release: () => {} }
			let release = () => {}
			const until = new Promise<void>((resolve) => (release = resolve))
			await new Promise<void>((taken) => {
				void navigator.locks.request(prefix + newID(), () => {
					taken()
					return until
				})
			})
			return { scarce: false, release }
		} catch {
			return free
		}
	},
}
