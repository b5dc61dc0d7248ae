import type { Theme } from "./theme"

type Part = Record<string, unknown>

const isPart = (v: unknown): v is Part => typeof v === "object" && v !== null && !Array.isArray(v)

/** Marks that a second form tells apart, and the channel for it. */
const forms: Record<string, string> = { line: "strokeDash", point: "shape", trail: "strokeDash" }

/** Lets the lines and points of a specification differ by form where they differ by colour. */
const formed = (spec: Part): Part => {
	const { encoding, mark } = spec
	const type = isPart(mark) ? mark.type : mark
	const channel = forms[String(type)]
	const parts = Object.fromEntries(
		["layer", "hconcat", "vconcat", "concat"].flatMap((name) => (Array.isArray(spec[name]) ? [[name, spec[name].map((one: unknown) => (isPart(one) ? formed(one) : one))]] : [])),
	)
	if (!channel || !isPart(encoding) || !isPart(encoding.color) || encoding[channel] || encoding.color.type !== "nominal" || !encoding.color.field) return { ...spec, ...parts }
	const { field, type: kind } = encoding.color
	return { ...spec, ...parts, encoding: { ...encoding, [channel]: { field, type: kind } } }
}

/** Completes a specification of Vega-Lite: it draws the table, in the room that there is. */
export const liteOf = (spec: Part): Part => {
	const isOne = !("hconcat" in spec || "vconcat" in spec || "concat" in spec || "facet" in spec || "repeat" in spec)
	const room = isOne ? { width: "container", height: "container", autosize: { type: "fit", contains: "padding" } } : {}
	return { data: { name: "table" }, ...room, ...formed(spec) }
}

/** The theme as Vega has it. */
export const configOf = (t: Theme): Part => ({
	background: "transparent",
	font: t.font,
	axis: { labelColor: t.soft, titleColor: t.soft, titleFontWeight: 500, gridColor: t.line, domainColor: t.soft, tickColor: t.soft, labelFontSize: 12, titleFontSize: 12 },
	axisX: { grid: false },
	axisXDiscrete: { labelAngle: 0, labelOverlap: true, labelLimit: 140 },
	legend: { labelColor: t.ink, titleColor: t.soft, labelFontSize: 12, orient: "top" },
	title: { color: t.ink },
	header: { labelColor: t.ink, titleColor: t.soft },
	view: { stroke: "transparent" },
	mark: { color: t.series[0] },
	rule: { color: t.ink },
	text: { color: t.ink, fill: t.ink },
	range: {
		category: t.series,
		heatmap: t.scale,
		ramp: t.scale,
		ordinal: t.scale,
		symbol: ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"],
	},
	aria: false, // the element says what it is
})
