import type { words } from "../words"
import { makeProbes, probeStyle } from "./theme"
import type { Rows } from "./table"

// What a chart element has in its shadow root, where patches do not come: the drawing,
// words in place of one, a button, and the table in a box that is out of sight, and not
// out of reach, until the button shows it.

const style = `:host { display: block; position: relative; margin-block-end: 1rem }
:host([hidden]) { display: none }
.title { margin: 0 0 .25rem; font-weight: 600 }
.drawing { height: var(--chart-height, 20rem); overflow: hidden; position: relative }
.drawing.off, .title.off, button.off, .message:empty { display: none }
.message { margin: 0; min-height: var(--chart-height, 20rem); display: grid; place-items: center; text-align: center; color: var(--chart-soft, inherit); border: 1px dashed currentcolor; border-radius: .5rem; padding: 1rem; box-sizing: border-box }
.message.short { min-height: 0 }
.foot { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; margin-top: .25rem }
::slotted([slot=note]) { margin: 0; font-size: .875em }
button { font: inherit; font-size: .875em; color: inherit; background: none; border: 1px solid currentcolor; border-radius: .375rem; min-height: 2rem; padding: .125rem .625rem; cursor: pointer }
button::before { content: "\\25B8\\2002"; content: "\\25B8\\2002" / "" }
button[aria-expanded=true]::before { content: "\\25BE\\2002"; content: "\\25BE\\2002" / "" }
button:focus-visible { outline: 3px solid currentcolor; outline-offset: 2px }
.table { overflow: auto; max-height: 24rem; margin-top: .5rem }
.table:focus-visible { outline: 3px solid currentcolor; outline-offset: -3px }
.table:not(.shown, :focus-within) { position: absolute; inset-block-start: 0; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.own { border-collapse: collapse; width: 100% }
.own caption { text-align: start; padding-block: .25rem }
.own :is(th, td) { padding: .25rem .75rem .25rem 0; text-align: start; border-bottom: 1px solid color-mix(in srgb, currentcolor 20%, transparent) }
canvas { display: block }
.plot svg { display: block; max-width: 100%; height: auto; font-family: inherit; color: var(--chart-ink, inherit); background: none; overflow: visible }
.plot svg :is(text, tspan) { white-space: pre }
${probeStyle}`

let sheet: CSSStyleSheet | undefined

/** Rows that come from an address are in a table as well, but not more of them than a person reads. */
const mostOwnRows = 500

const make = <K extends keyof HTMLElementTagNameMap>(name: K, className: string): HTMLElementTagNameMap[K] => {
	const el = document.createElement(name)
	el.className = className
	return el
}

export class Frame {
	readonly place = make("div", "drawing")
	readonly probes = makeProbes()
	readonly #title = make("p", "title off")
	readonly #message = make("p", "message")
	readonly #button = make("button", "off")
	readonly #box = make("div", "table shown")
	readonly #words: typeof words
	#own: HTMLTableElement | undefined
	#wanted = false // by the person

	constructor(host: HTMLElement, w: typeof words) {
		this.#words = w
		const root = host.shadowRoot ?? host.attachShadow({ mode: "open" })
		if (!sheet) {
			sheet = new CSSStyleSheet()
			sheet.replaceSync(style)
		}
		root.adoptedStyleSheets = [sheet]
		this.place.classList.add("off")
		this.place.setAttribute("role", "img")
		this.place.setAttribute("part", "drawing")
		this.#title.setAttribute("part", "title")
		this.#title.setAttribute("aria-hidden", "true") // the table and the drawing have it as their name
		this.#message.setAttribute("part", "message")
		this.#button.type = "button"
		this.#button.textContent = w.chartTable
		this.#button.setAttribute("part", "button")
		this.#button.setAttribute("aria-controls", "table")
		this.#box.id = "table"
		this.#box.append(document.createElement("slot"))
		const notes = document.createElement("slot")
		notes.name = "note"
		const foot = make("div", "foot")
		foot.append(this.#button, notes)
		root.replaceChildren(this.#title, this.place, this.#message, foot, this.#box, this.probes)
		this.#button.addEventListener("click", () => {
			this.#wanted = !this.#wanted
			this.#show(this.#wanted)
		})
	}

	/** Sets the height of the drawing, in CSS. */
	set height(css: string) {
		this.place.style.height = this.#message.style.minHeight = css
	}

	/** Shows the drawing, named as the table is. hasTable says that there is one to show here. */
	drawn(name: string, hasTable: boolean) {
		this.#say("", false)
		this.#entitle(name)
		this.place.setAttribute("aria-label", name)
		this.place.classList.remove("off")
		this.#button.classList.toggle("off", !hasTable)
		this.#show(this.#wanted)
	}

	/** Shows that there is nothing to draw. */
	empty(name: string) {
		this.#entitle(name)
		this.#say(this.#words.chartEmpty, false)
		this.place.classList.add("off")
		this.#button.classList.add("off")
		this.#show(false)
	}

	/** Shows that it cannot be drawn, and the table. */
	failed() {
		this.#title.classList.add("off")
		this.#say(this.#words.chartFailed, true)
		this.place.classList.add("off")
		this.#button.classList.add("off")
		this.#show(true)
	}

	#entitle(name: string) {
		if (this.#title.textContent !== name) this.#title.textContent = name
		this.#title.classList.remove("off")
	}

	#say(text: string, isShort: boolean) {
		if (this.#message.textContent !== text) this.#message.textContent = text
		this.#message.classList.toggle("short", isShort)
	}

	#show(isShown: boolean) {
		this.#button.setAttribute("aria-expanded", String(isShown))
		this.#box.classList.toggle("shown", isShown)
		this.#box.toggleAttribute("tabindex", isShown)
		if (isShown) this.#box.tabIndex = 0 // so that keys scroll it
	}

	/** Makes a table of rows that are not in the page. */
	tabulate({ columns, rows }: Rows, caption: string) {
		this.#own?.remove()
		const table = (this.#own = make("table", "own"))
		const few = rows.length > mostOwnRows ? this.#words.chartFirst.replace("{}", String(mostOwnRows)).replace("{}", String(rows.length)) : ""
		table.createCaption().textContent = [caption, few].filter(Boolean).join(". ")
		const head = table.createTHead().insertRow()
		for (const { label } of columns) {
			const th = document.createElement("th")
			th.scope = "col"
			th.textContent = label
			head.append(th)
		}
		const body = table.createTBody()
		for (const row of rows.slice(0, mostOwnRows)) {
			const tr = body.insertRow()
			columns.forEach(({ kind }, i) => {
				const cell = row[i]
				tr.insertCell().textContent = kind === "time" && typeof cell === "number" ? new Date(cell).toLocaleString() : String(cell ?? "")
			})
		}
		this.#box.append(table)
	}
}
