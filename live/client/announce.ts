import { words } from "./words"

// Who cannot see the page hears what comes and goes in a list with an id and
// data-live-announce. The rows are its children with an id; their name is the
// text of the element with data-live-name in them, or all their text. If the
// value of data-live-announce changes, the list shows something else: other
// parameters. Then nothing is read out.

interface List {
	readonly of: string
	readonly rows: ReadonlyMap<string, string> // names by id
}

/** How many rows are read out by their names. */
const most = 3

let region: HTMLElement | undefined

const nameOf = (row: Element) => (row.querySelector("[data-live-name]") ?? row).textContent.trim()

const rowsOf = (list: Element) => new Map(Array.from(list.children, (row): [string, string] => [row.id, nameOf(row)]).filter(([id]) => id))

const lists = () =>
	new Map(
		Array.from(document.querySelectorAll<HTMLElement>("[data-live-announce][id]"), (list): [string, List] => [
			list.id,
			{ of: list.dataset.liveAnnounce ?? "", rows: rowsOf(list) },
		]),
	)

const without = (rows: List["rows"] | undefined, others: List["rows"] | undefined) => Array.from(rows ?? []).flatMap(([id, name]) => (others?.has(id) ? [] : [name]))

const sentence = (word: string, names: readonly string[]) => (names.length === 0 ? [] : [`${word} ${names.length > most ? names.length : names.join(", ")}`])

/** Runs a patch and then says what came and what went. */
export const announceChanges = (patch: () => void) => {
	const before = lists()
	patch()
	const after = lists()
	const said: string[] = []
	for (const id of new Set([...before.keys(), ...after.keys()])) {
		const [old, now] = [before.get(id), after.get(id)]
		if (old && now && old.of !== now.of) continue
		said.push(...sentence(words.added, without(now?.rows, old?.rows)), ...sentence(words.removed, without(old?.rows, now?.rows)))
	}
	if (said.length > 0) announce(...said)
}

/** Has sentences read out, in place of those before. */
export const announce = (...sentences: readonly string[]) => {
	// New elements, so that the same words are read out again.
	region?.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("p"), { textContent: text })))
}

/** Makes the element whose text is read out. It must be there before its text is. */
export const startAnnouncing = () => {
	region = document.createElement("div")
	region.className = "live-announcer"
	region.setAttribute("aria-live", "polite")
	Object.assign(region.style, { position: "absolute", width: "1px", height: "1px", margin: "-1px", overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap" })
	document.body.append(region)
}
