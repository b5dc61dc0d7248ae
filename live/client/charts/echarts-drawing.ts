import { BarChart, BoxplotChart, CandlestickChart, HeatmapChart, LineChart, PieChart, ScatterChart } from "echarts/charts"
import {
	AriaComponent,
	BrushComponent,
	DatasetComponent,
	DataZoomComponent,
	GridComponent,
	LegendComponent,
	MarkAreaComponent,
	MarkLineComponent,
	MarkPointComponent,
	TitleComponent,
	TooltipComponent,
	TransformComponent,
	VisualMapComponent,
} from "echarts/components"
import { type EChartsType, init, use } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import type { words } from "../words"
import { drawingOf, type Input, type Library, type Picture } from "./chart"
import { dataset, optionOf, scaleOf, themeOf } from "./echarts-option"
import { listenTo } from "./echarts-select"

use([BarChart, BoxplotChart, CandlestickChart, HeatmapChart, LineChart, PieChart, ScatterChart])
use([AriaComponent, BrushComponent, DatasetComponent, DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent])
use([MarkLineComponent, MarkPointComponent, TitleComponent, TooltipComponent, TransformComponent, VisualMapComponent, CanvasRenderer])

class EChart implements Picture {
	readonly #chart: EChartsType
	#input: Input
	#look = ""
	#isNew = true // and has not been rendered

	constructor(place: HTMLElement, input: Input) {
		this.#input = input
		this.#chart = init(place, themeOf(input.theme), { renderer: "canvas" })
		listenTo(this.#chart, () => this.#input)
		this.#chart.on("rendered", () => this.#rendered())
		this.look(input)
	}

	look(input: Input) {
		const look = JSON.stringify(input.theme)
		if (this.#look && look !== this.#look) this.#chart.setTheme(themeOf(input.theme))
		this.#look = look
		this.#input = input
		this.#isNew = true
		this.#chart.setOption(optionOf(input), { notMerge: true })
	}

	/** Nothing but the rows is another one: ECharts moves what it has drawn. */
	rows(input: Input) {
		const before = this.#input.rows.columns
		this.#input = input
		this.#isNew = true // setOption may render at once
		if (JSON.stringify(before) !== JSON.stringify(input.rows.columns)) this.look(input)
		else this.#chart.setOption({ dataset: [dataset(input.rows)], ...scaleOf(input) })
	}

	#rendered() {
		if (this.#isNew) this.#input.drawn()
		this.#isNew = false
	}

	resize() {
		this.#chart.resize()
	}

	end() {
		this.#chart.dispose()
	}
}

const echarts: Library = { attribute: "option", draw: (place, input) => new EChart(place, input) }

export const drawing = (w: typeof words) => drawingOf(echarts, w)
