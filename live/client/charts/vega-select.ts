import type { View } from "vega"
import type { Selection } from "./chart"

type Param = { name?: unknown; select?: unknown }

const isParam = (v: unknown): v is Param => typeof v === "object" && v !== null

/** Selections of a specification of Vega-Lite, those of its parts too. */
const namesOf = (spec: unknown): string[] => {
	if (typeof spec !== "object" || spec === null) return []
	const { params, layer, hconcat, vconcat, concat } = spec as Record<string, unknown>
	const own = Array.isArray(params) ? params.filter(isParam).flatMap(({ name, select }) => (select !== undefined && typeof name === "string" ? [name] : [])) : []
	return [...own, ...[layer, hconcat, vconcat, concat].flatMap((parts) => (Array.isArray(parts) ? parts.flatMap(namesOf) : []))]
}

/** Tells what a person selects: once in a frame, however often the selection changes. */
export const listenTo = (view: View, spec: unknown, select: (s: Selection) => void) => {
	for (const name of namesOf(spec)) {
		let frame = 0
		let last: unknown
		view.addSignalListener(name, (_, value: unknown) => {
			last = value
			frame ||= requestAnimationFrame(() => {
				frame = 0
				for (const s of selections(name, last)) select(s)
			})
		})
	}
}

const selections = (name: string, value: unknown): Selection[] => {
	const fields = Object.entries(typeof value === "object" && value !== null ? value : {}).filter(([field]) => field !== "vlPoint" && field !== "_vgsid_")
	if (fields.length === 0) return [{ name }]
	return fields.map(([field, v]: [string, unknown]): Selection => {
		if (!Array.isArray(v)) return { name, field, value: v }
		return v.length === 2 && v.every((end) => typeof end === "number" || end instanceof Date) ? { name, field, range: [Number(v[0]), Number(v[1])] } : { name, field, value: v.length === 1 ? v[0] : v }
	})
}
