// <echarts-chart option="…"> draws the table in it with ECharts.
import { commonAttributes } from "./attributes"
import { defineLazily } from "./lazy"

defineLazily("echarts-chart", [...commonAttributes, "option", "option-url"], () => import("./echarts-drawing"))
