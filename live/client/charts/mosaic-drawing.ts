import { Coordinator, DuckDBWASMConnector, type Param, type Selection as Selected } from "@uwdata/mosaic-core"
import { astToDOM, parseSpec, type Spec } from "@uwdata/mosaic-spec"
import { createAPIContext } from "@uwdata/vgplot"
import type { words } from "../words"
import { fetchOwn } from "./address"
import { drawingOf, type Input, type Library, type Picture, type Selection } from "./chart"
import { type Base, load, openBase } from "./mosaic-database"

/** A part of a specification that is drawn anew for another width. */
type Part = Record<string, unknown>

class MosaicPlot implements Picture {
	readonly #place: HTMLElement
	readonly #life = new AbortController()
	#input: Input
	#src: string
	#base: Promise<Base>
	#coordinator: Coordinator | undefined
	#width = 0
	#turn = 0

	constructor(place: HTMLElement, input: Input) {
		this.#place = place
		this.#input = input
		this.#src = input.src
		this.#base = this.#open()
		place.style.height = "auto"
		this.#plot()
	}

	/** The rows come from the address, so those of the table are of no interest. */
	rows(input: Input) {
		this.#input = input
	}

	look(input: Input) {
		this.#input = input
		if (input.src !== this.#src) {
			this.#src = input.src
			this.#close()
			this.#base = this.#open()
		}
		this.#plot()
	}

	resize() {
		if (Math.abs(this.#place.clientWidth - this.#width) > 1) this.#plot()
	}

	end() {
		this.#life.abort()
		this.#turn++
		this.#coordinator?.clear()
		this.#close()
		this.#place.style.height = ""
		this.#place.replaceChildren()
	}

	async #open(): Promise<Base> {
		const answer = fetchOwn(this.#src, this.#life.signal, "application/vnd.apache.parquet, application/vnd.apache.arrow.stream, text/csv")
		answer.catch(() => {}) // it is awaited below, after what takes longer
		const base = await openBase()
		try {
			await load(base, await answer)
			return base
		} catch (cause) {
			await base.close()
			throw cause
		}
	}

	#close() {
		this.#base.then((base) => base.close()).catch(() => {}) // #plot has said it
	}

	#plot() {
		const turn = ++this.#turn
		this.#draw(turn).catch((cause: unknown) => {
			if (turn === this.#turn) this.#input.failed(cause)
		})
	}

	async #draw(turn: number) {
		const { db, connection } = await this.#base
		if (turn !== this.#turn) return
		this.#coordinator?.clear()
		const coordinator = new Coordinator(new DuckDBWASMConnector({ duckdb: db, connection }), { logger: null, preagg: { schema: "mosaic" } })
		this.#coordinator = coordinator
		this.#width = this.#place.clientWidth
		const { data, plotDefaults, ...spec } = this.#input.spec as Part
		if (data !== undefined) throw new Error(`the specification has data, which comes from the address: its table is "table"`)
		const defaults = { width: this.#width, ...(plotDefaults as Part | undefined) }
		const ast = parseSpec({ ...spec, plotDefaults: defaults } as unknown as Spec)
		const { element, params } = await astToDOM(ast, { api: createAPIContext({ coordinator }) })
		if (turn !== this.#turn) return
		withoutStyles(element)
		this.#input.theme.series.forEach((colour, i) => this.#place.style.setProperty(`--series-${i + 1}`, colour))
		this.#place.style.setProperty("--plot-background", this.#input.theme.paper)
		this.#place.replaceChildren(element)
		listenTo(params, (s) => this.#input.select(s))
		await Promise.all(plotsIn(element).map(({ value }) => value?.synch?.promise))
		if (turn === this.#turn) this.#input.drawn()
	}
}

type PlotElement = Element & { value?: { synch?: { promise?: Promise<unknown> } } }

const plotsIn = (element: Element): PlotElement[] => [...(element.matches(".plot") ? [element] : []), ...element.querySelectorAll(".plot")]

/** A plot brings style elements, which the policy of a page forbids: what they say is in the style of the shadow root. */
const withoutStyles = (element: Element) => {
	for (const plot of plotsIn(element)) {
		plot.replaceChildren = (...nodes) => {
			for (const node of nodes) if (node instanceof Element) for (const style of node.querySelectorAll("style")) style.remove()
			Element.prototype.replaceChildren.apply(plot, nodes)
		}
	}
}

type Clause = { value?: unknown; fields?: unknown[] }

const nameOf = (field: unknown): string => String((field as { basis?: unknown } | undefined)?.basis ?? field).replaceAll('"', "")

/** Tells what a person selects: the active clause of each selection. */
const listenTo = (params: Map<string, Param<unknown> | Selected>, select: (s: Selection) => void) => {
	for (const [name, param] of params) {
		param.addEventListener("value", () => {
			const clause = (param as Partial<Selected>).active as Clause | undefined
			if (!clause) return
			const { value, fields = [] } = clause
			const [field] = fields
			if (value === null || value === undefined) select({ name })
			else if (fields.length > 1 && Array.isArray(value)) value.forEach((range, i) => select({ name, field: nameOf(fields[i]), range: range as [unknown, unknown] }))
			else if (Array.isArray(value) && value.length === 2) select({ name, field: nameOf(field), range: [value[0], value[1]] })
			else select({ name, field: nameOf(field), value })
		})
	}
}

const mosaic: Library = { attribute: "spec", fetches: true, draw: (place, input) => new MosaicPlot(place, input) }

export const drawing = (w: typeof words) => drawingOf(mosaic, w)
