import { equal, noRows, readTable, type Rows } from "./table"

/** Where the rows of charts come from: a table of the page. Charts that draw the same table share one. */
export class Source {
	readonly #table: HTMLTableElement
	readonly #listeners = new Set<() => void>()
	readonly #observer = new MutationObserver(() => this.#later())
	#frame = 0
	#rows: Rows = noRows

	constructor(table: HTMLTableElement) {
		this.#table = table
	}

	get rows(): Rows {
		return this.#rows
	}

	/** Calls changed in a frame in which the rows are other ones, until the returned function is called. */
	listen(changed: () => void): () => void {
		if (this.#listeners.size === 0) this.#start()
		this.#listeners.add(changed)
		return () => {
			this.#listeners.delete(changed)
			if (this.#listeners.size === 0) this.#stop()
		}
	}

	#start() {
		this.#rows = readTable(this.#table)
		this.#observer.observe(this.#table, { subtree: true, childList: true, characterData: true, attributes: true })
	}

	#stop() {
		this.#observer.disconnect()
		cancelAnimationFrame(this.#frame)
		this.#frame = 0
	}

	/** A patch is many changes. They are read once, before the next picture. */
	#later() {
		this.#frame ||= requestAnimationFrame(() => {
			this.#frame = 0
			const rows = readTable(this.#table)
			if (equal(rows, this.#rows)) return
			this.#rows = rows
			for (const changed of [...this.#listeners]) changed()
		})
	}
}

const sources = new WeakMap<HTMLTableElement, Source>()

export const sourceOf = (table: HTMLTableElement): Source => {
	const source = sources.get(table) ?? new Source(table)
	sources.set(table, source)
	return source
}
