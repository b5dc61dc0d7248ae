import type { Input } from "./chart"
import type { Column, Rows } from "./table"
import type { Theme } from "./theme"

// An option as ECharts knows it, completed: the rows are its first dataset, the types of
// axes follow from columns, and series differ by more than their colours.

type Part = Record<string, unknown>

const isPart = (v: unknown): v is Part => typeof v === "object" && v !== null && !Array.isArray(v)

/** One or several of something, as a list. */
export const listOf = (v: unknown): Part[] => (Array.isArray(v) ? v : [v]).filter(isPart)

/** The rows as ECharts reads them. Its tooltip has a column's label. */
export const dataset = ({ columns, rows }: Rows): Part => ({
	dimensions: columns.map(({ name, label, unit, kind }) => ({
		name,
		displayName: unit ? `${label} (${unit})` : label,
		type: kind === "time" ? "time" : kind === "number" ? "number" : "ordinal",
	})),
	source: rows,
	sourceHeader: false,
})

/** The column that a series shows along an axis. */
export const columnOf = (series: Part | undefined, axis: "x" | "y", columns: readonly Column[]): Column | undefined => {
	const named = isPart(series?.encode) ? series.encode[axis] : undefined
	const wanted: unknown = Array.isArray(named) ? named[0] : named
	return typeof wanted === "number" ? columns[wanted] : (columns.find(({ name }) => name === wanted) ?? columns[axis === "x" ? 0 : 1])
}

const symbols = ["circle", "rect", "triangle", "diamond", "pin", "arrow"]
const dashes = ["solid", "dashed", "dotted", [12, 3, 3, 3], [4, 2], [16, 4]]

/** Up to how many rows the points of several lines have symbols. */
const fewRows = 60

/** Lets several lines and clouds of points differ by form. */
const formed = (series: Part, at: number, count: number, rows: number): Part => {
	const symbol = { symbol: symbols[at % symbols.length] }
	if (series.type === "line") {
		const dash = count > 1 ? { lineStyle: { type: dashes[at % dashes.length], ...(isPart(series.lineStyle) ? series.lineStyle : {}) } } : {}
		return { showSymbol: rows === 1 || (count > 1 && rows <= fewRows), symbolSize: 6, ...symbol, ...series, ...dash }
	}
	return series.type === "scatter" ? { ...symbol, ...series } : series
}

const typeOf = (column: Column | undefined, isBar: boolean): string =>
	column?.kind === "text" || (isBar && column?.kind === "number") ? "category" : column?.kind === "time" ? "time" : "value"

/** Completes an axis by what the first series shows along it. */
const axis = (given: unknown, column: Column | undefined, isCategory: boolean): Part[] => {
	const all = listOf(given)
	const [first = {}, ...others] = all
	const type = first.type ?? typeOf(column, isCategory)
	const label = { hideOverlap: true, ...(type === "category" ? { overflow: "truncate", width: 140 } : {}) }
	const times = type === "category" && column?.kind === "time" ? { formatter: (v: string) => new Date(Number(v)).toLocaleString() } : {}
	return [{ type, axisLabel: { ...label, ...times }, ...first }, ...others]
}

/** From how little to how much the colours of a heatmap go, if the option does not say it. */
export const scaleOf = ({ spec, rows }: Input): Part => {
	const [first] = listOf(spec.series)
	if (first?.type !== "heatmap" || spec.visualMap) return {}
	const encode = isPart(first.encode) ? first.encode : {}
	const at = rows.columns.findIndex(({ name }, i) => name === encode.value || i === encode.value)
	let [min, max] = [Infinity, -Infinity]
	for (const row of rows.rows) {
		const cell = row[at]
		if (typeof cell !== "number") continue
		min = Math.min(min, cell)
		max = Math.max(max, cell)
	}
	return { visualMap: { show: true, min: Math.min(min, 0), max: Math.max(max, 1), calculable: true, orient: "horizontal", top: 0, left: "center", itemHeight: 160 } }
}

/** Tooltips are text on the canvas: there is no HTML that a cell could be part of. */
const safe = (option: Part): Part => {
	const tooltip = isPart(option.tooltip) ? option.tooltip : {}
	return { ...tooltip, renderMode: "richText", confine: true }
}

const hasAxes = (series: Part): boolean => series.type !== "pie" && (series.coordinateSystem ?? "cartesian2d") === "cartesian2d"

/** Completes the option of an input. */
export const optionOf = (input: Input): Part => {
	const { spec, rows, calm } = input
	const given = listOf(spec.series)
	if (given.length === 0) throw new Error("the option has no series")
	const series = given.map((one, i) => formed({ ...one, tooltip: isPart(one.tooltip) ? safe(one) : undefined }, i, given.length, rows.rows.length))
	const [first] = given
	const flat = first?.type === "heatmap"
	const top = flat ? 64 : given.length > 1 || listOf(spec.yAxis).some(({ name }) => name) ? 48 : 16
	const areas = series.filter(({ type }) => type === "bar" || type === "pie")
	const axes = hasAxes(first ?? {})
		? {
				xAxis: axis(spec.xAxis, columnOf(first, "x", rows.columns), flat),
				yAxis: axis(spec.yAxis, columnOf(first, "y", rows.columns), flat),
			}
		: {}
	return {
		...scaleOf(input),
		animation: !calm,
		animationDuration: 0,
		animationDurationUpdate: 150,
		grid: { left: 8, right: 16, top, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
		legend: { show: given.length > 1, top: 0, left: 0 },
		aria: { enabled: true, label: { enabled: false }, decal: { show: areas.length > 1 || areas.some(({ type }) => type === "pie") } },
		...spec,
		...axes,
		tooltip: { trigger: flat || first?.type === "scatter" || first?.type === "pie" ? "item" : "axis", ...safe(spec) },
		dataset: [dataset(rows), ...listOf(spec.dataset)],
		series,
		toolbox: { show: false },
	}
}

/** The theme as ECharts has it. */
export const themeOf = (t: Theme): Part => {
	const text = { color: t.ink, fontFamily: t.font }
	const axis = {
		axisLine: { lineStyle: { color: t.soft } },
		axisTick: { lineStyle: { color: t.soft } },
		axisLabel: { color: t.soft, fontFamily: t.font },
		nameTextStyle: { color: t.soft, fontFamily: t.font },
		splitLine: { lineStyle: { color: t.line } },
		minorSplitLine: { lineStyle: { color: t.line } },
	}
	return {
		darkMode: t.dark,
		color: t.series,
		backgroundColor: "transparent",
		textStyle: text,
		title: { textStyle: text, subtextStyle: { ...text, color: t.soft } },
		legend: { textStyle: text, inactiveColor: t.line, pageTextStyle: text },
		tooltip: {
			backgroundColor: t.paper,
			borderColor: t.soft,
			textStyle: { ...text, fontSize: 13 },
			axisPointer: { lineStyle: { color: t.soft }, crossStyle: { color: t.soft }, label: { backgroundColor: t.ink, color: t.paper } },
		},
		visualMap: { textStyle: text, inRange: { color: t.scale } },
		line: { lineStyle: { width: 2 } },
		categoryAxis: axis,
		valueAxis: axis,
		logAxis: axis,
		timeAxis: axis,
	}
}
