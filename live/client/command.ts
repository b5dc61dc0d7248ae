import { newID } from "./id"
import type { Problem } from "./errors"
import { status } from "./status"

/** How long a command is sent again while there is no answer, in milliseconds. Time without a network does not count. */
const patience = 120_000
/** How long one request may take, in milliseconds. */
const longestRequest = 30_000
/** The longest wait between two requests, in milliseconds. */
const longestWait = 5_000

/** What became of a command. */
export type Outcome =
	| { readonly kind: "done"; readonly position: number; readonly location: string | null }
	| { readonly kind: "refused"; readonly problem: Problem }
	| { readonly kind: "foreign"; readonly status: number } // somebody else answered: a proxy, a login page
	| { readonly kind: "unanswered" }

export interface Command {
	readonly address: string
	readonly body: string // urlencoded
}

/** The ids of commands that ended without a certain outcome, by their content: sent again, they take effect once. */
const uncertain = new Map<string, string>()

/** The last command to each stream that has no answer yet. */
const queues = new Map<string, { readonly content: string; readonly outcome: Promise<Outcome> }>()

let withoutAnswer = 0

const contentOf = (c: Command) => `${c.address}\n${c.body}`
const streamOf = (c: Command) => new URL(c.address).pathname.replace(/\/[^/]*$/, "")

/** Whether the last command to the stream is the same and has no answer yet. */
export const isUnderWay = (c: Command): boolean => queues.get(streamOf(c))?.content === contentOf(c)

/** How many commands have no answer yet. */
export const unanswered = (): number => withoutAnswer

/** Sends a command after those that were sent to the same stream before. */
export const send = (c: Command): Promise<Outcome> => {
	const stream = streamOf(c)
	const before = queues.get(stream)?.outcome ?? Promise.resolve()
	withoutAnswer++
	status.waiting(1)
	const outcome = before
		.then(() => deliver(c))
		.finally(() => {
			withoutAnswer--
			status.waiting(-1)
			if (queues.get(stream)?.outcome === outcome) queues.delete(stream)
		})
	queues.set(stream, { content: contentOf(c), outcome })
	return outcome
}

const deliver = async (c: Command): Promise<Outcome> => {
	const content = contentOf(c)
	const id = uncertain.get(content) ?? newID()
	uncertain.delete(content)
	let left = patience
	for (let tries = 0; ; tries++) {
		const begun = performance.now()
		const outcome = await request(c, id)
		if (outcome !== "again") {
			if (outcome.kind === "foreign") uncertain.set(content, id)
			return outcome
		}
		await pause(Math.min(longestWait, 250 * 2 ** tries) * (0.5 + Math.random() / 2))
		if (navigator.onLine) left -= performance.now() - begun
		if (left > 0) continue
		uncertain.set(content, id)
		return { kind: "unanswered" }
	}
}

/** Waits, but not longer than until the network is back. */
const pause = (ms: number) =>
	new Promise<void>((resolve) => {
		const done = () => {
			clearTimeout(timer)
			removeEventListener("online", done)
			resolve()
		}
		const timer = setTimeout(done, ms)
		addEventListener("online", done)
	})

const request = async (c: Command, id: string): Promise<Outcome | "again"> => {
	const abort = new AbortController()
	const timer = setTimeout(() => abort.abort(), longestRequest)
	try {
		const response = await fetch(c.address, {
			method: "POST",
			headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": id },
			body: c.body,
			redirect: "manual",
			cache: "no-store",
			keepalive: c.body.length < 8192, // is sent even if the person leaves the page; browsers allow 64 kB of such requests
			signal: abort.signal,
		})
		return await outcomeOf(response)
	} catch {
		return "again"
	} finally {
		clearTimeout(timer)
	}
}

/** Only an answer in our own form counts: a receipt or a problem. */
const outcomeOf = async (response: Response): Promise<Outcome | "again"> => {
	const type = response.headers.get("Content-Type") ?? ""
	const position = Number(response.headers.get("Ironstar-Position") ?? Number.NaN)
	if (response.status === 202 && Number.isFinite(position)) {
		return { kind: "done", position, location: response.headers.get("Location") }
	}
	if ([408, 425, 429, 502, 503, 504].includes(response.status)) return "again"
	if (!type.startsWith("application/problem+json")) return { kind: "foreign", status: response.status }
	const problem = (await response.json()) as Problem
	return { kind: "refused", problem }
}
