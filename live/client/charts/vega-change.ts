import { asRecords, type Cell, type Rows } from "./table"

type Tuple = Record<string, Cell>

/** What a view has of the rows. Vega writes into the objects that it is given, so rows are compared by what they were. */
export class Tuples {
	#held = new Map<string, Tuple[]>()

	/** Holds other rows, and returns the objects that are new, and those that are gone. Equal rows stay. */
	replace(rows: Rows): { added: Tuple[]; removed: Tuple[] } {
		const held = new Map<string, Tuple[]>()
		const added: Tuple[] = []
		asRecords(rows).forEach((record, i) => {
			const key = JSON.stringify(rows.rows[i])
			const same = this.#held.get(key)?.pop()
			if (!same) added.push(record)
			const tuples = held.get(key)
			if (tuples) tuples.push(same ?? record)
			else held.set(key, [same ?? record])
		})
		const removed = [...this.#held.values()].flat()
		this.#held = held
		return { added, removed }
	}
}
