// <vega-chart spec="…"> draws the table in it with Vega or Vega-Lite.
import { commonAttributes } from "./attributes"
import { defineLazily } from "./lazy"

defineLazily("vega-chart", [...commonAttributes, "spec", "spec-url"], () => import("./vega-drawing"))
