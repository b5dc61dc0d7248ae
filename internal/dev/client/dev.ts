// The script of ironstar dev, in every page that its proxy passes on. It shows
// problems over the page, swaps style sheets, loads the page again when the
// server has another one, and says when a change is to be seen. Nothing of it is
// part of an application.

interface Problem {
	readonly stage: string
	readonly file?: string
	readonly line?: number
	readonly col?: number
	readonly message: string
	readonly source?: string
	readonly hint?: string
	readonly code?: string
}

interface State {
	readonly problems: readonly Problem[]
	readonly note?: string
	readonly working: string
	readonly change: number
	readonly server: number
	readonly scripts: string
	readonly styles: Readonly<Record<string, string>>
}

/** What this page was made of. */
const { change, server, scripts, layout } = (document.currentScript as HTMLScriptElement).dataset

/** How long a page waits for its feed after the server was replaced, in milliseconds. */
const longestFeed = 8000

let last = { server: Number(server), scripts: scripts ?? "", change: Number(change) }
let leaving = false
/** Whether the feed brought something since the server began to be replaced. */
let patched = false

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Says that this page shows a change. A hidden page says so later than one that is seen. */
const report = async (n: number) => {
	const hidden = document.visibilityState !== "visible"
	if (hidden) await pause(1000)
	await fetch(`/_ironstar/visible?change=${n}${hidden ? "&hidden" : ""}`, { method: "POST", keepalive: true }).catch(() => undefined)
}

/** Loads the page again. The client of pages keeps what was typed, focus and scroll. */
const reload = () => {
	if (leaving) return
	leaving = true
	if (document.documentElement.dataset.live === undefined) location.reload()
	else document.dispatchEvent(new Event("live-renew"))
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Loads the new version of each style sheet, and removes the old one when it is there. */
const swapStyles = async (styles: State["styles"]): Promise<boolean> => {
	const swaps: Promise<void>[] = []
	for (const [name, address] of Object.entries(styles)) {
		const own = new RegExp(`^/static/${escaped(name.replace(/\.css$/, ""))}-[0-9A-Z]{8}\\.css$`)
		for (const old of document.querySelectorAll<HTMLLinkElement>("link[rel~=stylesheet]")) {
			const path = new URL(old.href).pathname
			if (path === address || !own.test(path)) continue
			const next = old.cloneNode() as HTMLLinkElement
			next.href = address
			swaps.push(
				new Promise((resolve) => {
					next.onload = next.onerror = () => {
						old.remove()
						resolve()
					}
				}),
			)
			old.after(next)
		}
	}
	await Promise.all(swaps)
	return swaps.length > 0
}

/** Whether the server would now send another document around the live part. */
const isOutdated = async (): Promise<boolean> => {
	try {
		const response = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" })
		await response.body?.cancel()
		const now = response.headers.get("Ironstar-Layout")
		return now !== null && now !== layout
	} catch {
		return true // the page says so when it is loaded again
	}
}

const followServer = async (n: number) => {
	if (await isOutdated()) return reload()
	if (!document.querySelector("[data-live-feed]")) return void report(n)
	const end = performance.now() + longestFeed
	while (!patched && document.visibilityState === "visible" && performance.now() < end) await pause(10)
	void report(n)
}

const follow = async (s: State) => {
	const before = last
	last = { server: s.server, scripts: s.scripts, change: s.change }
	if (s.working === "restart" && s.server === before.server) patched = false
	show(s)
	if (s.scripts !== before.scripts) return reload()
	const swapped = await swapStyles(s.styles)
	if (s.server !== before.server) await followServer(s.change)
	else if (swapped) void report(s.change)
}

document.addEventListener("live-patched", () => (patched = true))

// The overlay.

const host = document.createElement("ironstar-dev")
const shadow = host.attachShadow({ mode: "open" })
const sheet = new CSSStyleSheet()
sheet.replaceSync(`
	:host { all: initial; position: fixed; inset: auto 0 0 0; z-index: 2147483647; pointer-events: none; }
	section { pointer-events: auto; max-height: 60vh; overflow: auto; box-sizing: border-box; padding: 1rem; color: #f4f4f4; background: #1c1c1f; tab-size: 2;
		border-top: 4px solid #e5484d; font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
	section.note { border-color: #ffb224; }
	section:empty { display: none; }
	b { color: #ff9592; } .at { color: #9eb1ff; } pre { margin: 0.25rem 0; white-space: pre-wrap; } pre.hint { color: #b5b5bb; } pre.code { margin-left: 2rem; user-select: all; }
	p { margin: 0; } article + article { margin-top: 1rem; } mark { color: inherit; background: #e5484d88; }
	button { float: right; font: inherit; color: inherit; background: none; border: 1px solid #777; border-radius: 4px; cursor: pointer; }
`)
shadow.adoptedStyleSheets = [sheet]
const panel = document.createElement("section")
panel.setAttribute("role", "status")
panel.setAttribute("aria-live", "polite")
panel.setAttribute("aria-label", "ironstar dev")
shadow.append(panel)

let shown = ""
let closed = ""

const element = (name: string, text: string, className = ""): HTMLElement => {
	const el = document.createElement(name)
	el.textContent = text
	if (className) el.className = className
	return el
}

/** The line of a file, with the place of the problem marked. */
const sourceOf = (p: Problem): HTMLElement => {
	const bytes = new TextEncoder().encode(p.source)
	const at = p.col === undefined ? bytes.length : p.col - 1
	const text = (from: number, to: number) => new TextDecoder().decode(bytes.slice(from, to))
	const rest = text(at, bytes.length)
	const word = /^(\w+|.)?/u.exec(rest)?.[0] ?? ""
	const pre = element("pre", `${text(0, at)}`)
	pre.append(element("mark", word || " "), rest.slice(word.length))
	return pre
}

const articleOf = (p: Problem): HTMLElement => {
	const article = document.createElement("article")
	const at = [p.file, p.line, p.col].filter((v) => v).join(":")
	const head = element("p", "")
	head.append(element("b", p.stage), " ", element("span", at, "at"))
	article.append(head, element("pre", p.message))
	if (p.source) article.append(sourceOf(p))
	if (p.hint) article.append(element("pre", p.hint, "hint"))
	if (p.code) article.append(element("pre", p.code, "code"))
	return article
}

const show = (s: State) => {
	const wanted = JSON.stringify([s.problems, s.note ?? ""])
	if (!host.isConnected) document.documentElement.append(host)
	if (wanted === shown) return
	shown = wanted
	panel.replaceChildren()
	if (wanted === closed || (s.problems.length === 0 && !s.note)) return
	closed = ""
	panel.className = s.problems.length > 0 ? "" : "note"
	const close = element("button", "Close (Esc)") as HTMLButtonElement
	close.type = "button"
	close.onclick = hide
	panel.append(close, ...s.problems.map(articleOf))
	if (s.note) panel.append(element("p", s.note))
}

const hide = () => {
	closed = shown
	panel.replaceChildren()
}

addEventListener("keydown", (e) => {
	if (e.key === "Escape" && panel.childElementCount > 0) hide()
})

// One page of the browser listens for all, because browsers open few connections
// to one server.

const channel = new BroadcastChannel("ironstar dev")
channel.onmessage = (e: MessageEvent<State>) => void follow(e.data)

const listen = () => {
	const source = new EventSource("/_ironstar/state")
	source.onmessage = (e: MessageEvent<string>) => {
		const s = JSON.parse(e.data) as State
		channel.postMessage(s)
		void follow(s)
	}
	return new Promise<void>(() => undefined) // until the page is left
}

const start = () => {
	void report(last.change)
	void navigator.locks.request("ironstar dev", listen)
	void fetch("/_ironstar/now")
		.then((response) => response.json())
		.then(follow, () => undefined) // the next state comes anyway
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start)
else start()

export {}
