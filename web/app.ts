// What the pages need beyond Datastar. It is loaded before Datastar.

// Every action has an id of its own, made with crypto.randomUUID. Browsers keep
// that for secure contexts; a page opened as http://192.168.… is none.
crypto.randomUUID ??= () => {
	const bytes = crypto.getRandomValues(new Uint8Array(16))
	bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
	bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
	const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

// Datastar says when a feed breaks off, and nothing when it is there again,
// unless there is something new to show. So pages hear it from here.
const plainFetch = window.fetch
window.fetch = async (input, init) => {
	const answer = await plainFetch(input, init)
	const feed = (init?.method ?? "GET") === "GET" && answer.headers.get("content-type")?.startsWith("text/event-stream")
	if (answer.ok && feed) document.dispatchEvent(new CustomEvent("feed-open"))
	return answer
}

import "./ts/focus"
import "./ts/tab"
