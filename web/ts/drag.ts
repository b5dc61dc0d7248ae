// Rows that follow a pointer: a mouse, a pen or a finger. This file knows the rows of
// one list and nothing else. The rows may change while one is dragged.

/** How far a pointer moves before it drags, and how near the edges of the window it scrolls. In pixels. */
const [slop, edge] = [4, 56]

const middle = (row: Element) => {
	const { top, height } = row.getBoundingClientRect()
	return top + height / 2
}

/** Puts a row before another one, or at the end. Its focus stays, also in browsers that have no moveBefore. */
export const put = (list: Element, row: Element, before: Element | null) => {
	const focus = document.activeElement
	if ("moveBefore" in list) list.moveBefore(row, before)
	else (list as Element).insertBefore(row, before)
	if (focus instanceof HTMLElement && row.contains(focus)) focus.focus({ preventScroll: true })
}

/**
 * Moves the rows around a row until it stands before next, or at the end. The row
 * itself stays in the page: a finger that touches it would lose it.
 */
const moveAround = (row: Element, list: Element, next: Element | null) => {
	while (row.nextElementSibling !== next) {
		const { previousElementSibling: above, nextElementSibling: below } = row
		const isDown = next === null || (row.compareDocumentPosition(next) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
		if (isDown && below) put(list, below, row)
		else if (above) put(list, above, below)
	}
}

/** The click that ends a drag presses nothing. */
const ignore = (e: Event) => {
	e.preventDefault()
	e.stopPropagation()
}

/** Drags a row from when a pointer went down on it, and calls done with whether it was dropped and is still there. */
export const dragRow = (down: PointerEvent, row: HTMLElement, done: (dropped: boolean) => void) => {
	const listening = new AbortController()
	const grip = down.clientY - row.getBoundingClientRect().top
	let y = down.clientY
	let dragging = false

	const place = () => {
		const list = row.parentElement
		if (!list) return
		const next = Array.from(list.children).find((other) => other !== row && middle(other) > y) ?? null
		moveAround(row, list, next)
		row.dataset.sorting = "" // again after each patch, which takes it away
		row.style.translate = ""
		row.style.translate = `0 ${y - grip - row.getBoundingClientRect().top}px`
	}
	const end = (dropped: boolean) => {
		listening.abort()
		if (!dragging) return
		dragging = false
		document.addEventListener("click", ignore, { capture: true })
		setTimeout(() => document.removeEventListener("click", ignore, { capture: true }))
		if (dropped) place()
		row.style.translate = ""
		delete row.dataset.sorting
		done(dropped && row.isConnected)
	}
	// Before each frame, also the one after a patch, the row is where the pointer is.
	const follow = () => {
		if (!dragging) return
		if (!row.isConnected) return end(false)
		const beyond = Math.min(0, y - edge) + Math.max(0, y - innerHeight + edge)
		if (beyond !== 0) scrollBy({ top: beyond / 4, behavior: "instant" })
		place()
		requestAnimationFrame(follow)
	}
	const on = <K extends keyof DocumentEventMap>(type: K, act: (e: DocumentEventMap[K]) => void) =>
		document.addEventListener(type, act, { signal: listening.signal, capture: true })
	on("pointermove", (e) => {
		if (e.pointerId !== down.pointerId) return
		y = e.clientY
		if (dragging || Math.abs(y - down.clientY) <= slop) return
		dragging = true
		document.documentElement.setPointerCapture(e.pointerId) // the handle itself moves
		follow()
	})
	on("pointerup", (e) => e.pointerId === down.pointerId && end(true))
	on("pointercancel", (e) => e.pointerId === down.pointerId && end(false))
	on("keydown", (e) => e.key === "Escape" && end(false))
}
