import type { EChartsType } from "echarts/core"
import type { Input } from "./chart"
import { columnOf, listOf } from "./echarts-option"

type Click = { componentType?: string; seriesIndex?: number; seriesName?: string; value?: unknown; dimensionNames?: string[] }
type Brush = { areas?: { coordRange?: unknown }[] }

const isPair = (v: unknown): v is [unknown, unknown] => Array.isArray(v) && v.length === 2

/** Tells what a person clicks and brushes. The input may be another one each time. */
export const listenTo = (chart: EChartsType, input: () => Input) => {
	chart.on("click", (e) => {
		const { componentType, seriesIndex = 0, seriesName, value, dimensionNames = [] } = e as Click
		const { rows, spec, select } = input()
		const column = columnOf(listOf(spec.series)[seriesIndex], "x", rows.columns)
		if (componentType !== "series" || !Array.isArray(value) || !column) return
		const cells: unknown[] = value
		const row = Object.fromEntries(dimensionNames.map((name, i) => [name, cells[i]]))
		select({ ...(seriesName ? { name: seriesName } : {}), field: column.name, value: row[column.name], row })
	})
	chart.on("brushEnd", (e) => {
		const { rows, spec, select } = input()
		const column = columnOf(listOf(spec.series)[0], "x", rows.columns)
		const area = (e as Brush).areas?.[0]?.coordRange
		const range: unknown = Array.isArray(area) && isPair(area[0]) ? area[0] : area // of a rectangle: along x
		if (column) select(isPair(range) ? { field: column.name, range } : { field: column.name })
	})
}
