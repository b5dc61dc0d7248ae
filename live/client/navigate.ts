import { isControl, makeDefault } from "./control"
import type { Feed } from "./feed"

// A link or a GET form to the path of the page changes the parameters of its
// view. The page then follows the feed of the new address and is not loaded.

/** The feed of a page at an address: the same feed with the parameters of the address. */
const feedAddress = (feed: Feed, to: URL): string => {
	const address = new URL(feed.address, location.href)
	const ours = Array.from(address.searchParams).filter(([name]) => name === "page-version")
	const params = Array.from(to.searchParams).filter(([name]) => !name.startsWith("_") && name !== "page-version")
	address.search = new URLSearchParams([...params, ...ours]).toString()
	return address.href
}

/** Changes the address to one with the same path. Returns false if the browser has to load it. */
type Go = (to: URL, replace: boolean) => boolean

let begin: (go: Go) => void
const begun = new Promise<Go>((resolve) => (begin = resolve))

/** Shows another address, as a link does. replace puts it into the history in place of the present one. */
export const navigate = async (to: string, { replace = false } = {}) => {
	const go = await begun
	const url = new URL(to, location.href)
	if (go(url, replace)) return
	if (replace) location.replace(url)
	else location.assign(url)
}

export const startNavigation = (feed: Feed | undefined) => {
	if (!feed) return begin(() => false)
	let shown = location.search

	const follow = () => {
		if (location.search === shown) return
		shown = location.search
		feed.follow(feedAddress(feed, new URL(location.href)))
		const here = location.pathname + location.search
		for (const back of document.querySelectorAll<HTMLInputElement>('input[type=hidden][name="_return"]')) back.value = here
	}

	const go: Go = (to, replace) => {
		if (to.origin !== location.origin || to.pathname !== location.pathname) return false
		if (to.href !== location.href) history[replace ? "replaceState" : "pushState"](null, "", to)
		follow()
		return true
	}

	document.addEventListener("click", (e) => {
		const a = e.target instanceof Element && e.target.closest<HTMLAnchorElement>("a[href]")
		if (!a || e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return
		if (a.hasAttribute("download") || (a.target && a.target !== "_self") || a.hasAttribute("data-live-load")) return
		const to = new URL(a.href)
		if (to.search === location.search && to.hash) return // a place within the page
		if (go(to, false)) e.preventDefault()
	})
	document.addEventListener("submit", (e) => {
		const form = e.target
		if (e.defaultPrevented || !(form instanceof HTMLFormElement)) return
		if ((form.getAttribute("method") ?? "get").toLowerCase() !== "get" || form.hasAttribute("data-live-load")) return
		const to = new URL(form.getAttribute("action") || location.href, document.baseURI)
		const params = new URLSearchParams()
		for (const [name, value] of new FormData(form)) if (typeof value === "string") params.append(name, value)
		if (e.submitter instanceof HTMLButtonElement && e.submitter.name) params.append(e.submitter.name, e.submitter.value)
		to.search = params.toString()
		to.hash = ""
		if (!go(to, false)) return
		e.preventDefault()
		for (const c of form.elements) if (isControl(c)) makeDefault(c) // what was chosen is in the address: the fields follow the server again
	})
	addEventListener("popstate", follow)
	begin(go)
}
