import { type Answer, announce, caughtUp } from "ironstar"
import { dragRow, put } from "./drag"

// <sortable-list> lets people put the rows of the list in it into another order. Each
// row has an id and a handle: a button with data-sort-handle that sends the row to the
// end, with a script and without. It is also what the row is dragged by, and moved by one
// with ↑ and ↓. That sends the same command with one field more, before: the id of the
// row that it goes before.
//
// The server's order counts. What was moved here, and is not part of it yet, is put on
// top of it after each patch. A patch may come before the answer to a move that it shows:
// the order on the page tells which moves those are.

interface Move {
	readonly id: string
	readonly before: string | undefined // undefined is the end
	readonly handle: HTMLElement
}

interface Held {
	readonly handle: HTMLElement
	readonly row: HTMLElement
}

/** Presses a button with more in its address, as the client reads it at once. */
const submit = (button: HTMLElement, query: string) => {
	const action = button.getAttribute("formaction") ?? ""
	button.setAttribute("formaction", action + query)
	if (button instanceof HTMLButtonElement) button.form?.requestSubmit(button)
	button.setAttribute("formaction", action)
}

const moved = (ids: readonly string[], { id, before }: Move): readonly string[] => {
	const rest = ids.filter((other) => other !== id)
	const at = before ? rest.indexOf(before) : rest.length
	return at < 0 || rest.length === ids.length ? ids : rest.toSpliced(at, 0, id)
}

class SortableList extends HTMLElement {
	#order: readonly string[] = [] // the server's
	#shown: readonly string[] = [] // the page's
	#moves: readonly Move[] = [] // that the server's order does not have yet
	#unanswered: readonly Move[] = []
	#listening = new AbortController()

	connectedCallback() {
		this.#listening = new AbortController()
		const { signal } = this.#listening
		this.addEventListener("pointerdown", (e) => this.#grab(e), { signal })
		this.addEventListener("keydown", (e) => this.#press(e), { signal })
		this.addEventListener("click", (e) => this.#click(e), { signal })
		document.addEventListener("live-answer", ({ detail }) => void this.#answered(detail), { signal })
		document.addEventListener("live-patched", () => this.#patched(), { signal })
		this.#patched()
	}

	disconnectedCallback() {
		this.#listening.abort()
	}

	get #rows() {
		return Array.from(this.firstElementChild?.children ?? []).filter((row) => row instanceof HTMLElement)
	}

	/** The server's order with the moves that it lacks: the last ones, by which the rows that the page has already stay where they are. */
	get #wanted() {
		const had = new Set(this.#shown)
		const stays = (order: readonly string[]) => order.filter((id) => had.has(id)).join() === this.#shown.filter((id) => order.includes(id)).join()
		const from = this.#moves.map((_, i) => this.#moves.slice(i).reduce(moved, this.#order))
		return [...from, this.#order].find(stays) ?? from[0] ?? this.#order
	}

	/** The handle that an event is about, and its row. */
	#held({ target }: Event) {
		const handle = target instanceof Element ? target.closest<HTMLElement>("[data-sort-handle]") : null
		const row = handle && this.#rows.find((row) => row.contains(handle))
		return row ? { handle, row } : undefined
	}

	#patched() {
		this.#order = this.#rows.map((row) => row.id)
		this.#arrange(this.#wanted)
	}

	#arrange(order: readonly string[]) {
		this.#shown = order
		const rows = new Map(this.#rows.map((row) => [row.id, row]))
		let at = this.firstElementChild?.firstElementChild
		for (const row of order.map((id) => rows.get(id))) {
			if (row === at) at = at?.nextElementSibling
			else if (row?.parentElement) put(row.parentElement, row, at ?? null)
		}
	}

	/** Moves a row: at once on the page, then at the server. */
	#move({ handle, row }: Held, before?: string) {
		const [from, move] = [this.#shown, { id: row.id, before, handle }]
		const to = moved(from, move)
		this.#arrange(to)
		if (to.join() === from.join()) return
		this.#moves = [...this.#moves, move]
		this.#unanswered = [...this.#unanswered, move]
		announce(`${row.querySelector("[data-live-name]")?.textContent}: ${to.indexOf(row.id) + 1} of ${to.length}`)
		submit(handle, before === undefined ? "" : `?before=${before}`)
	}

	/** A refused move is taken back; the client says why. A taken one is soon part of the server's order. */
	async #answered({ by, outcome }: Answer) {
		const move = this.#unanswered.find(({ handle }) => handle === by)
		if (!move) return
		this.#unanswered = this.#unanswered.filter((other) => other !== move)
		if (outcome.kind === "done") await caughtUp(outcome.position)
		this.#moves = this.#moves.filter((other) => other !== move)
		this.#arrange(this.#wanted)
	}

	#grab(e: PointerEvent) {
		const held = this.#held(e)
		if (held && e.button === 0) dragRow(e, held.row, (dropped) => (dropped ? this.#move(held, held.row.nextElementSibling?.id) : this.#arrange(this.#shown)))
	}

	#press(e: KeyboardEvent) {
		const held = this.#held(e)
		if (!held || (e.key !== "ArrowUp" && e.key !== "ArrowDown")) return
		e.preventDefault()
		const [above, below] = [held.row.previousElementSibling, held.row.nextElementSibling]
		if (e.key === "ArrowUp" && above) this.#move(held, above.id)
		if (e.key === "ArrowDown" && below) this.#move(held, below.nextElementSibling?.id)
	}

	#click(e: Event) {
		const held = this.#held(e)
		if (!held) return
		e.preventDefault()
		this.#move(held)
	}
}

customElements.define("sortable-list", SortableList)
