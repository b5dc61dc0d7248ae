import { changeset, Error as onlyErrors, type Loader, loader, logger, parse, type Runtime, type Spec, View } from "vega"
import { expressionInterpreter } from "vega-interpreter"
import { compile, type Config, type TopLevelSpec } from "vega-lite"
import type { words } from "../words"
import { drawingOf, type Input, type Library, type Picture } from "./chart"
import { Tuples } from "./vega-change"
import { listenTo } from "./vega-select"
import { configOf, liteOf } from "./vega-spec"

/** The name of the rows in a specification: {"data": {"name": "table"}}. */
const tableName = "table"

/** Loads what a specification names, from this server only. */
const own = (): Loader => {
	const standard = loader()
	return {
		...standard,
		load: (uri, options) => standard.load(here(uri), options),
		sanitize: (uri, options) => standard.sanitize(here(uri), options),
	}
}

const here = (uri: string): string => {
	const url = new URL(uri, document.baseURI)
	if (url.origin !== location.origin) throw new Error(`${uri} is not on this server`)
	return url.href
}

class VegaChart implements Picture {
	readonly #place: HTMLElement
	#view: View | undefined
	#tuples = new Tuples()
	#input: Input

	constructor(place: HTMLElement, input: Input) {
		this.#place = place
		this.#input = input
		this.look(input)
	}

	look(input: Input) {
		const isLite = !/schema\/vega\//.test(String(input.spec.$schema ?? ""))
		const config = configOf(input.theme)
		const spec: Spec = isLite ? compile(liteOf(input.spec) as unknown as TopLevelSpec, { config: config as Config }).spec : (input.spec as Spec)
		// The interpreter walks the tree of an expression: nothing is compiled, so no policy need allow it.
		const runtime: Runtime = parse(spec, isLite ? undefined : config, { ast: true })
		this.end()
		this.#input = input
		const view = new View(runtime, { renderer: "canvas", hover: true, expr: expressionInterpreter, loader: own(), logger: logger(onlyErrors) })
		this.#view = view.initialize(this.#place)
		this.#tuples = new Tuples()
		view.insert(tableName, this.#tuples.replace(input.rows).added)
		listenTo(view, isLite ? input.spec : {}, (s) => this.#input.select(s))
		this.#run()
	}

	/** Gives the view the rows that are new, and takes away those that are gone. */
	rows(input: Input) {
		this.#input = input
		const { added, removed } = this.#tuples.replace(input.rows)
		this.#view?.change(tableName, changeset().remove(removed).insert(added))
		this.#run()
	}

	resize() {
		const { clientWidth, clientHeight } = this.#place
		const { width = "container", height = "container" } = this.#input.spec
		if (width === "container") this.#view?.signal("width", clientWidth)
		if (height === "container") this.#view?.signal("height", clientHeight)
		this.#run()
	}

	end() {
		this.#view?.finalize()
		this.#view = undefined
		this.#place.replaceChildren()
	}

	#run() {
		const view = this.#view
		view?.runAsync().then(
			() => view === this.#view && this.#input.drawn(),
			(cause: unknown) => view === this.#view && this.#input.failed(cause),
		)
	}
}

const vega: Library = { attribute: "spec", draw: (place, input) => new VegaChart(place, input) }

export const drawing = (w: typeof words) => drawingOf(vega, w)
