import type { Cell, Column, Kind, Rows } from "./table"

// Rows that are not in the page come from an address: {"rows": […]} as the server
// answers a query with, or CSV with names in the first line.

/** Fetches rows. An address of another origin is an error, whatever the policy of the page. */
export const fetchRows = async (address: string, signal: AbortSignal): Promise<Rows> => {
	const answer = await fetchOwn(address, signal)
	const isCSV = (answer.headers.get("Content-Type") ?? "").startsWith("text/csv")
	return isCSV ? fromCSV(await answer.text()) : fromRecords(await answer.json())
}

/** Fetches from this origin. */
export const fetchOwn = async (address: string, signal: AbortSignal, accept = "application/json, text/csv"): Promise<Response> => {
	const url = new URL(address, document.baseURI)
	if (url.origin !== location.origin) throw new Error(`${address} is not on this server`)
	const answer = await fetch(url, { signal, headers: { Accept: accept } })
	if (!answer.ok) throw new Error(`${address} answers ${answer.status}`)
	return answer
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !Array.isArray(v)

const fromRecords = (answer: unknown): Rows => {
	const found = isRecord(answer) ? answer.rows : answer
	if (!Array.isArray(found)) throw new Error("the answer has no rows")
	const records = found.filter(isRecord)
	const names = [...new Set(records.flatMap((r) => Object.keys(r)))]
	return typed(
		names,
		records.map((r) => names.map((name) => textOf(r[name]))),
	)
}

const textOf = (v: unknown): string => (v === null || v === undefined ? "" : typeof v === "object" ? JSON.stringify(v) : String(v))

const time = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

const kindOf = (texts: readonly string[]): Kind => {
	const filled = texts.filter((text) => text !== "")
	if (filled.length === 0) return "text"
	if (filled.every((text) => Number.isFinite(Number(text)))) return "number"
	return filled.every((text) => time.test(text)) ? "time" : "text"
}

/** Gives each column the kind that all of its texts are of. */
const typed = (names: readonly string[], lines: readonly (readonly string[])[]): Rows => {
	const columns = names.map((name, i): Column => ({ name, label: name, unit: "", kind: kindOf(lines.map((line) => line[i] ?? "")) }))
	const cell = (text: string, kind: Kind): Cell => {
		if (text === "") return null
		return kind === "text" ? text : kind === "number" ? Number(text) : Date.parse(text)
	}
	return { columns, rows: lines.map((line) => columns.map(({ kind }, i) => cell(line[i] ?? "", kind))) }
}

const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y

/** Reads CSV as RFC 4180 has it. */
const fromCSV = (text: string): Rows => {
	const lines: string[][] = [[]]
	field.lastIndex = text.startsWith("\ufeff") ? 1 : 0
	while (field.lastIndex < text.length) {
		const m = field.exec(text)
		if (!m) throw new Error(`line ${lines.length} of the answer is not CSV`)
		lines.at(-1)?.push(m[1]?.replaceAll('""', '"') ?? m[2] ?? "")
		if (m[3] === ",") {
			if (field.lastIndex === text.length) lines.at(-1)?.push("")
		} else if (field.lastIndex < text.length) lines.push([])
	}
	const [names = [], ...rest] = lines
	return typed(names, rest)
}
