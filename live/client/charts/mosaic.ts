// <mosaic-plot spec="…" src="…"> draws millions of rows with vgplot, on DuckDB in the browser.
import { commonAttributes } from "./attributes"
import { defineLazily } from "./lazy"

defineLazily("mosaic-plot", [...commonAttributes, "spec", "spec-url"], () => import("./mosaic-drawing"))
