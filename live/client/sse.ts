/** One event of an event stream. */
export interface ServerEvent {
	readonly type: string
	readonly data: readonly string[] // lines
	readonly id: string | undefined // if the event has one
}

/**
 * Returns a function that takes the text of an event stream piece by piece and
 * passes each event to receive once it is complete. Comments are dropped.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const eventStream = (receive: (e: ServerEvent) => void): ((piece: string) => void) => {
	let rest: string[] = [] // of a line whose end has not come; pieces are joined once
	let type = ""
	let data: string[] = []
	let id: string | undefined

	const line = (text: string) => {
		if (text === "") {
			if (data.length > 0) receive({ type: type || "message", data, id })
			type = ""
			data = []
			id = undefined
			return
		}
		const colon = text.indexOf(":")
		const name = colon < 0 ? text : text.slice(0, colon)
		const value = colon < 0 ? "" : text.slice(text[colon + 1] === " " ? colon + 2 : colon + 1)
		if (name === "event") type = value
		else if (name === "data") data.push(value)
		else if (name === "id") id = value
	}

	return (piece) => {
		const end = piece.lastIndexOf("\n")
		if (end < 0) {
			rest.push(piece)
			return
		}
		const whole = rest.join("") + piece.slice(0, end)
		rest = [piece.slice(end + 1)]
		for (const text of whole.split("\n")) line(text.endsWith("\r") ? text.slice(0, -1) : text)
	}
}

/** The arguments of a Datastar event: each line is a name, a space and a value. */
export const argumentsOf = (e: ServerEvent): Record<string, string> => {
	const lines = new Map<string, string[]>()
	for (const text of e.data) {
		const space = text.indexOf(" ")
		const name = space < 0 ? text : text.slice(0, space)
		lines.set(name, [...(lines.get(name) ?? []), space < 0 ? "" : text.slice(space + 1)])
	}
	return Object.fromEntries([...lines].map(([name, values]) => [name, values.join("\n")]))
}
