import type { words } from "../words"
import { fetchOwn, fetchRows } from "./address"
import { Frame } from "./frame"
import type { Drawing } from "./lazy"
import { type Source, sourceOf } from "./source"
import { noRows, type Rows } from "./table"
import { equalThemes, readTheme, type Theme } from "./theme"

/** What a person chose in a chart: one value of a field, a range of it, or, with neither, nothing any more. */
export type Selection = {
	name?: string // of the selection, if the specification names it
	field?: string // name of a column
	value?: unknown
	range?: readonly [unknown, unknown]
	row?: Record<string, unknown> // that was chosen
}

/** All that a picture is made of. */
export type Input = {
	spec: Record<string, unknown>
	rows: Rows
	theme: Theme
	calm: boolean // the person wants little motion
	src: string // where the rows are, for a library that fetches them itself
	select(s: Selection): void
	failed(cause: unknown): void
	drawn(): void // the picture is on its way to the screen
}

/** A drawn chart. Its methods throw if the specification is wrong. */
export type Picture = {
	rows(input: Input): void // there are other rows
	look(input: Input): void // the specification or the theme is another one
	resize(): void
	end(): void // it gives everything back
}

/** A package that draws. */
export type Library = {
	attribute: string // with the specification: "spec"
	fetches?: boolean // it fetches the rows itself
	draw(place: HTMLElement, input: Input): Picture
}

type Task = "spec" | "rows" | "look" | "size"

const calm = matchMedia("(prefers-reduced-motion: reduce)")

/** Returns what the chunk of a library does for its elements. */
export const drawingOf = (library: Library, w: typeof words): Drawing => {
	const charts = new WeakMap<HTMLElement, Chart>()
	return {
		connected(el) {
			if (!el.isConnected || charts.has(el)) return
			const chart = new Chart(el, library, w)
			charts.set(el, chart)
			chart.start()
		},
		// A patch may move an element, which then is in the page again at the end of the task.
		disconnected(el) {
			queueMicrotask(() => {
				if (el.isConnected) return
				charts.get(el)?.end()
				charts.delete(el)
			})
		},
		changed: (el) => charts.get(el)?.changed(),
	}
}

class Chart {
	readonly #host: HTMLElement
	readonly #library: Library
	readonly #frame: Frame
	readonly #life = new AbortController()
	readonly #tasks = new Set<Task>()
	#timer = 0
	#picture: Picture | undefined
	#source: Source | undefined
	#leave = () => {} // stops listening to the source
	#fetched: Rows | undefined // rows from an address
	#specs = "" // the attributes that spec is from
	#spec: Record<string, unknown> | undefined
	#src = ""
	#theme: Theme | undefined
	#fetching = new AbortController()

	constructor(host: HTMLElement, library: Library, w: typeof words) {
		this.#host = host
		this.#library = library
		this.#frame = new Frame(host, w)
	}

	start() {
		const { signal } = this.#life
		const resized = new ResizeObserver(() => this.#later("size"))
		resized.observe(this.#frame.place)
		const changed = new MutationObserver(() => this.#findTable())
		changed.observe(this.#host, { childList: true, subtree: true })
		signal.addEventListener("abort", () => {
			resized.disconnect()
			changed.disconnect()
		})
		this.#frame.probes.addEventListener("transitionrun", () => this.#later("look"), { signal })
		calm.addEventListener("change", () => this.#later("look"), { signal })
		document.addEventListener("live-patched", () => this.#findTable(), { signal })
		this.changed()
	}

	end() {
		this.#life.abort()
		this.#fetching.abort()
		this.#leave()
		cancelAnimationFrame(this.#timer)
		this.#picture?.end()
		this.#picture = undefined
	}

	/** Reads the attributes again. */
	changed() {
		this.#frame.height = this.#host.getAttribute("height") ?? ""
		this.#findTable()
		void this.#readSpec()
		void this.#readSrc()
	}

	#findTable() {
		const table = this.#ownTable ?? this.#foreignTable
		const source = table && sourceOf(table)
		if (source === this.#source) return
		this.#leave()
		this.#source = source
		this.#leave = source?.listen(() => this.#later("rows")) ?? (() => {})
		this.#later("rows")
	}

	get #ownTable(): HTMLTableElement | null {
		return this.#host.querySelector("table")
	}

	get #foreignTable(): HTMLTableElement | undefined {
		const el = document.getElementById(this.#host.getAttribute("table") ?? "")
		return el instanceof HTMLTableElement ? el : (el?.querySelector("table") ?? undefined)
	}

	async #readSpec() {
		const { attribute } = this.#library
		const text = this.#host.getAttribute(attribute) ?? ""
		const address = this.#host.getAttribute(`${attribute}-url`) ?? ""
		const specs = `${text}\n${address}`
		if (specs === this.#specs) return
		this.#specs = specs
		try {
			const found: unknown = text !== "" || address === "" ? JSON.parse(text) : await (await fetchOwn(address, this.#life.signal)).json()
			if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Error(`${attribute} is not a JSON object`)
			if (specs === this.#specs) this.#spec = found as Record<string, unknown>
		} catch (cause) {
			if (specs === this.#specs) this.#failed(cause)
			return
		}
		this.#later("spec")
	}

	async #readSrc() {
		const src = this.#host.getAttribute("src") ?? ""
		if (src === this.#src) return
		this.#src = src
		if (this.#library.fetches) {
			this.#later("spec")
			return
		}
		this.#fetching.abort()
		this.#fetching = new AbortController()
		const { signal } = this.#fetching
		try {
			const rows = src ? await fetchRows(src, signal) : undefined
			if (signal.aborted) return
			this.#fetched = rows
			if (rows && !this.#ownTable) this.#frame.tabulate(rows, this.#name)
			this.#later("rows")
		} catch (cause) {
			if (!signal.aborted) this.#failed(cause)
		}
	}

	get #name(): string {
		const caption = (this.#ownTable ?? this.#foreignTable)?.caption?.textContent.trim().replace(/\s+/g, " ")
		return this.#host.getAttribute("aria-label") || caption || "Chart"
	}

	#later(task: Task) {
		this.#tasks.add(task)
		this.#timer ||= requestAnimationFrame(() => {
			this.#timer = 0
			const tasks = new Set(this.#tasks)
			this.#tasks.clear()
			try {
				this.#draw(tasks)
			} catch (cause) {
				this.#failed(cause)
			}
		})
	}

	#draw(tasks: ReadonlySet<Task>) {
		const rows = this.#fetched ?? this.#source?.rows ?? noRows
		if (!this.#spec || this.#life.signal.aborted) return
		if (rows.rows.length === 0 && !(this.#library.fetches && this.#src)) {
			this.#drop()
			this.#frame.empty(this.#name)
			return
		}
		this.#frame.drawn(this.#name, Boolean(this.#ownTable || this.#fetched))
		const theme = readTheme(this.#host, this.#frame.probes)
		const isOther = !this.#theme || !equalThemes(theme, this.#theme)
		this.#theme = theme
		const input = this.#input(this.#spec, rows, theme)
		if (!this.#picture) this.#picture = this.#library.draw(this.#frame.place, input)
		else if (tasks.has("spec") || (tasks.has("look") && isOther)) this.#picture.look(input)
		else if (tasks.has("rows")) this.#picture.rows(input)
		else if (tasks.has("size")) this.#picture.resize()
	}

	#input(spec: Record<string, unknown>, rows: Rows, theme: Theme): Input {
		return {
			spec: structuredClone(spec),
			rows,
			theme,
			calm: calm.matches,
			src: this.#src,
			select: (detail) => this.#host.dispatchEvent(new CustomEvent("chart-select", { detail, bubbles: true })),
			failed: (cause) => this.#failed(cause),
			drawn: () => this.#host.dispatchEvent(new CustomEvent("chart-drawn", { bubbles: true })),
		}
	}

	#failed(cause: unknown) {
		if (this.#life.signal.aborted) return
		console.error(`<${this.#host.localName}>: this chart cannot be drawn.`, cause)
		this.#drop()
		this.#frame.failed()
	}

	#drop() {
		this.#picture?.end()
		this.#picture = undefined
	}
}
