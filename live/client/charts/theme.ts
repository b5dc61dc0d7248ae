// The colours of a chart are those of the page around it: its ink, and eight colours
// for series that people tell apart whatever colours they see. They are those of Okabe
// and Ito, darker on light paper and lighter on dark, so that each stands out by 3:1.

export type Theme = {
	dark: boolean
	ink: string // text
	soft: string // text of axes
	line: string // grid
	paper: string // what is behind, as far as it is known
	series: readonly string[]
	scale: readonly string[] // of one hue, from little to much
	font: string
}

const light = ["#0072b2", "#c75000", "#007f5f", "#b3478a", "#8f6a00", "#1f8fc4", "#6b5bb0", "#5b6570"]
const dark = ["#56b4e9", "#f0a04b", "#2cc295", "#e08bbf", "#f0e442", "#8fd0f5", "#a99cf0", "#b4bdc7"]
const names = ["ink", "soft", "line", "paper", ...light.map((_, i) => `${i + 1}`)]

/** The style of the probes, from which the browser computes the colours. A colour that changes for whatever reason runs a transition. */
export const probeStyle = `.probes { position: absolute; visibility: hidden; pointer-events: none }
.probes i { transition: color 1ms }
${names.map((name, i) => `.probes i:nth-child(${i + 1}) { color: var(--chart-${name}, ${i < 4 ? "currentcolor" : "transparent"}) }`).join("\n")}`

export const makeProbes = (): HTMLElement => {
	const probes = document.createElement("div")
	probes.className = "probes"
	probes.setAttribute("aria-hidden", "true")
	probes.append(...names.map(() => document.createElement("i")))
	return probes
}

type RGBA = readonly [number, number, number, number]

const brush = () => new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
let canvas: ReturnType<typeof brush> | undefined

/** Every notation of a colour as numbers: the libraries know few of them. */
const rgba = (colour: string): RGBA => {
	const m = /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(colour)
	if (m) return [Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4] ?? 1)]
	canvas ??= brush()
	if (!canvas) return [0, 0, 0, 1]
	canvas.clearRect(0, 0, 1, 1)
	canvas.fillStyle = colour
	canvas.fillRect(0, 0, 1, 1)
	const [r = 0, g = 0, b = 0, a = 255] = canvas.getImageData(0, 0, 1, 1).data
	return [r, g, b, a / 255]
}

const css = ([r, g, b, a]: RGBA): string => (a === 1 ? `rgb(${r},${g},${b})` : `rgba(${r},${g},${b},${a})`)

const isLight = ([r, g, b]: RGBA) => 0.299 * r + 0.587 * g + 0.114 * b > 140

/** Reads the theme at an element. The page is dark where its ink is light. */
export const readTheme = (host: Element, probes: Element): Theme => {
	const own = getComputedStyle(host)
	const inherited = rgba(own.color)
	const found = new Map(names.map((name, i) => [name, rgba(getComputedStyle(probes.children[i] ?? host).color)]))
	const ink = found.get("ink") ?? inherited
	const isDark = isLight(ink)
	const faded = (name: string, alpha: number): string => {
		const given = own.getPropertyValue(`--chart-${name}`) !== ""
		return css(given ? (found.get(name) ?? ink) : [ink[0], ink[1], ink[2], alpha])
	}
	const series = (isDark ? dark : light).map((colour, i) => {
		const given = found.get(`${i + 1}`)
		return given && given[3] > 0 ? css(given) : colour
	})
	const paper = own.getPropertyValue("--chart-paper") === "" ? (isDark ? "#14171b" : "#ffffff") : css(found.get("paper") ?? ink)
	return {
		dark: isDark,
		ink: css(ink),
		soft: faded("soft", 0.75),
		line: faded("line", 0.16),
		paper,
		series,
		scale: isDark ? ["#1d2a3a", "#1f5f8f", "#56b4e9", "#e8f6ff"] : ["#e3f0f8", "#8cc3e4", "#2a86bd", "#003d66"],
		font: own.fontFamily,
	}
}

export const equalThemes = (a: Theme, b: Theme) => JSON.stringify(a) === JSON.stringify(b)
