// A data table of the page, read as rows. The cells hold what a person reads; what a
// machine reads is in <data value>, <time datetime> and the head of the column.

export type Kind = "text" | "number" | "time"

/** Milliseconds since 1970 for a time, null for an empty cell. */
export type Cell = string | number | null

export type Column = {
	name: string // data-name of the head, or else its text
	label: string // its data-label, or else its text
	unit: string // its data-unit, or ""
	kind: Kind // its data-type, or else what the first filled cell is
}

export type Rows = {
	columns: readonly Column[]
	rows: readonly (readonly Cell[])[]
}

export const noRows: Rows = { columns: [], rows: [] }

const kinds: readonly string[] = ["text", "number", "time"] satisfies Kind[]

const textOf = (el: Element): string => el.textContent.trim().replace(/\s+/g, " ")

const cellText = (td: Element): string =>
	td.querySelector("time")?.dateTime || (td.querySelector("data")?.value ?? textOf(td))

/** Reads a cell. What is not of the kind of its column is null: a chart has no place for it. */
const cellOf = (td: Element | undefined, kind: Kind): Cell => {
	const text = td ? cellText(td) : ""
	if (text === "") return null
	if (kind === "text") return text
	const n = kind === "time" ? Date.parse(text) : Number(text)
	return Number.isFinite(n) ? n : null
}

const kindOf = (td: Element | undefined): Kind => {
	if (td?.querySelector("time")) return "time"
	const text = td ? cellText(td) : ""
	return text !== "" && Number.isFinite(Number(text)) ? "number" : "text"
}

/** Reads the rows of all bodies of a table. A column with data-name="" is not read. */
export const readTable = (table: HTMLTableElement): Rows => {
	const heads = [...(table.tHead?.rows[0]?.cells ?? [])]
	const lines = [...table.tBodies].flatMap((body) => [...body.rows])
	const columns = heads.map((th, at): Column & { at: number } => {
		const given = th.dataset.type ?? ""
		const label = th.dataset.label ?? textOf(th)
		const first = lines.find((tr) => tr.cells[at] && cellText(tr.cells[at]) !== "")
		return {
			name: th.dataset.name ?? label,
			label,
			unit: th.dataset.unit ?? "",
			kind: kinds.includes(given) ? (given as Kind) : kindOf(first?.cells[at]),
			at,
		}
	})
	const read = columns.filter(({ name }) => name !== "")
	const rows = lines.map((tr) => read.map(({ kind, at }) => cellOf(tr.cells[at], kind)))
	return { columns: read, rows }
}

/** The rows as objects, whose properties are the names of the columns. */
export const asRecords = ({ columns, rows }: Rows): Record<string, Cell>[] =>
	rows.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null])))

const equalRows = (a: readonly Cell[], b: readonly Cell[]) => a.length === b.length && a.every((cell, i) => cell === b[i])

export const equalColumns = (a: Rows, b: Rows) =>
	a.columns.length === b.columns.length &&
	a.columns.every((one, i) => {
		const other = b.columns[i]
		return one.name === other?.name && one.kind === other.kind && one.label === other.label && one.unit === other.unit
	})

/** Reports whether two tables say the same. */
export const equal = (a: Rows, b: Rows) =>
	equalColumns(a, b) && a.rows.length === b.rows.length && a.rows.every((row, i) => equalRows(row, b.rows[i] ?? []))
