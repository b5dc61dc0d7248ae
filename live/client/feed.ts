import { learnTime } from "./countdown"
import { slots } from "./slots"
import { argumentsOf, eventStream, type ServerEvent } from "./sse"
import { status } from "./status"

/** The server sends something every 15 s. A feed that is silent for so long has lost its connection. In milliseconds. */
const longestSilence = 40_000
/** The longest wait before the feed is opened again, in milliseconds. */
const longestWait = 5_000
/** A poll that brings nothing new for so long has ended. In milliseconds. */
const longestPoll = 500
/** How often a page that must not keep a connection asks for changes, in milliseconds. */
const pollEvery = 5_000

export interface Receiver {
	/** Called for each event, in order. */
	event(type: string, args: Record<string, string>): void
	/** Called when the server has a newer version of the page. */
	stale(version: string): void
	/** Called when this address has no feed: it was changed by navigation or is gone. text is the server's reason. */
	over(status: number, text: string | undefined): void
}

type End = "broken" | "ended" | "over" | "stopped"

/**
 * The connection that brings changes to the page. There is one for each page. It
 * is closed while the page is hidden, and opened again after every end.
 */
export class Feed {
	#address: string
	#id: string | undefined
	#stop: (() => void) | undefined // ends what runs now
	#wake: (() => void) | undefined // ends the wait before the next try
	#over = false
	#left = false
	#receiver: Receiver

	/** id identifies what the page shows. */
	constructor(address: string, id: string | undefined, receiver: Receiver) {
		this.#address = address
		this.#id = id
		this.#receiver = receiver
	}

	/** Opens the feed, and again whenever the page is shown. */
	start() {
		document.addEventListener("visibilitychange", () => this.#update())
		addEventListener("pagehide", () => this.#leave(true))
		addEventListener("pageshow", (e) => e.persisted && this.#leave(false))
		for (const type of ["online", "focus"]) addEventListener(type, () => this.#wake?.())
		addEventListener("offline", () => {
			status.lost()
			this.#restart()
		})
		this.#update()
	}

	/** The position up to which the page shows what happened, or -1. */
	get position(): number {
		return this.#id === undefined ? -1 : Number.parseInt(this.#id, 10)
	}

	get address(): string {
		return this.#address
	}

	/** Opens the feed of another address, which sends what it shows in full. */
	follow(address: string) {
		this.#address = address
		this.#id = undefined
		this.#over = false
		this.#restart()
	}

	#restart() {
		this.#stop?.()
		this.#stop = undefined
		this.#update()
	}

	#leave(left: boolean) {
		this.#left = left
		this.#update()
	}

	#update() {
		const wanted = !this.#over && !this.#left && document.visibilityState === "visible"
		if (!wanted) {
			this.#stop?.()
			this.#stop = undefined
		} else if (!this.#stop) {
			void this.#run()
		}
	}

	async #run() {
		const abort = new AbortController()
		this.#stop = () => {
			abort.abort()
			this.#wake?.()
		}
		const slot = await slots.take()
		for (let failures = 0; !abort.signal.aborted; ) {
			const poll = slot.scarce && !document.hasFocus()
			const { end, opened } = await this.#once(abort.signal, poll, slot.scarce)
			if (end === "over" || end === "stopped") break
			failures = opened ? 0 : failures + 1
			if (poll && end === "ended") {
				await this.#pause(pollEvery, abort.signal)
				continue
			}
			status.lost()
			const longest = opened ? 100 : Math.min(longestWait, 250 * 2 ** failures)
			await this.#pause(longest * (0.5 + Math.random() / 2), abort.signal)
		}
		slot.release()
	}

	async #pause(ms: number, signal: AbortSignal) {
		if (signal.aborted) return
		await new Promise<void>((resolve) => {
			const timer = setTimeout(resolve, ms)
			this.#wake = () => {
				clearTimeout(timer)
				resolve()
			}
		})
		this.#wake = undefined
	}

	/** Opens the feed and reads it to its end. A poll ends after the first event, or soon if there is none. */
	async #once(stop: AbortSignal, poll: boolean, scarce: boolean): Promise<{ end: End; opened: boolean }> {
		const abort = new AbortController()
		const stopped = () => abort.abort()
		stop.addEventListener("abort", stopped)
		if (scarce && !poll) addEventListener("blur", stopped, { signal: abort.signal })
		let watchdog = setTimeout(stopped, longestSilence)
		let opened = false
		try {
			const response = await fetch(this.#address, {
				headers: { Accept: "text/event-stream", ...(this.#id === undefined ? {} : { "Last-Event-ID": this.#id }) },
				cache: "no-store",
				redirect: "manual",
				signal: abort.signal,
			})
			if (response.status === 400 || response.status === 404) {
				const text = await reason(response)
				if (stop.aborted) return { end: "stopped", opened }
				this.#over = true
				this.#receiver.over(response.status, text)
				return { end: "over", opened }
			}
			if (response.status !== 200 || !response.body || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
				abort.abort()
				return { end: stop.aborted ? "stopped" : "broken", opened }
			}
			opened = true
			learnTime(response)
			if (poll) status.polling()
			else status.on()
			const read = eventStream((e) => !stop.aborted && this.#receive(e))
			const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
			const patience = poll ? longestPoll : longestSilence
			for (let isNew = true; ; ) {
				if (isNew) {
					clearTimeout(watchdog)
					watchdog = setTimeout(stopped, patience)
				}
				const { done, value } = await reader.read()
				if (done) return { end: stop.aborted ? "stopped" : "ended", opened }
				read(value)
				isNew = !poll || !isKeepAlive(value)
			}
		} catch {
			if (stop.aborted) return { end: "stopped", opened }
			return { end: poll && opened ? "ended" : "broken", opened }
		} finally {
			clearTimeout(watchdog)
			stop.removeEventListener("abort", stopped)
		}
	}

	#receive(e: ServerEvent) {
		const args = argumentsOf(e)
		const version = e.type === "datastar-patch-signals" && versionOf(args.signals)
		if (version) this.#receiver.stale(version)
		else this.#receiver.event(e.type, args)
		if (e.id !== undefined) this.#id = e.id // last: what was not shown is sent again
	}
}

/** Whether a piece of a stream has comments only, which say that the connection lives. */
const isKeepAlive = (piece: string) => /^(:[^\n]*\n|\n)*$/.test(piece)

/** The version of the server in the signal _stale, which it sends to a page of another version. */
const versionOf = (signals: string | undefined): string | undefined => {
	if (!signals?.includes('"_stale"')) return undefined
	try {
		const { _stale } = JSON.parse(signals) as { _stale?: unknown }
		return typeof _stale === "string" ? _stale : undefined
	} catch {
		return undefined
	}
}

/** The sentence in the server's answer, if it is one of ours. */
const reason = async (response: Response): Promise<string | undefined> => {
	if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return undefined
	try {
		const { detail } = (await response.json()) as { detail?: unknown }
		return typeof detail === "string" ? detail : undefined
	} catch {
		return undefined
	}
}
