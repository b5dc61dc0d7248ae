import { navigate } from "ironstar"

// The filter is at the end of the address, as in every TodoMVC, and in its
// query, which the server reads. The end counts.

const shows: Readonly<Record<string, string>> = { "#/": "all", "#/active": "active", "#/completed": "completed" }

const shown = () => new URLSearchParams(location.search).get("show") ?? "all"

const follow = () => {
	const show = shows[location.hash]
	if (show && show !== shown()) void navigate(`?show=${show}${location.hash}`, { replace: true })
}

const add = document.getElementById("add")
if (add) {
	addEventListener("hashchange", follow)
	follow()
}

// Someone who adds a line wants to see it. The filter for completed ones hides it.
add?.addEventListener("live-answer", ({ detail }) => {
	if (detail.outcome.kind === "done" && shown() === "completed") void navigate("?show=all#/")
})
