import { words } from "./words"

// A time element with data-local-time="left" says how long it is until then. It has
// the role of a timer, which screen readers read when a person asks, and not by itself.

/** How far the clock of the server is ahead of this one, in milliseconds. */
let ahead = 0
let ticking: ReturnType<typeof setInterval> | undefined

const calm = matchMedia("(prefers-reduced-motion: reduce)")

/** Learns the time of the server from an answer. Its date has whole seconds, so clocks that differ by less than two count as equal. */
export const learnTime = (answer: Response) => {
	const by = Date.parse(answer.headers.get("Date") ?? "") + 500 - Date.now()
	if (!Number.isNaN(by)) ahead = Math.abs(by) < 2000 ? 0 : by
}

/** How long it is until then, in at most two units: 3 min 12 s left. Where motion is reduced, seconds are shown in the last minute only. */
const left = (until: number): string => {
	const seconds = Math.ceil((until - Date.now() - ahead) / 1000)
	if (seconds <= 0) return words.over
	const sizes = [86_400, 3600, 60, 1]
	const largest = sizes.findIndex((size) => seconds >= size)
	const parts = words.units.split(" ").flatMap((unit, i) => {
		const size = sizes[i] ?? 1
		const shown = i === largest || (i === largest + 1 && !(calm.matches && size === 1))
		const n = Math.floor((i === largest ? seconds : seconds % (sizes[i - 1] ?? 1)) / size)
		return shown ? `${n}\u00a0${unit}` : []
	})
	return words.left.replace("{}", parts.join(" "))
}

/** Shows how long it is until the instant of an element, and goes on while there is such an element. */
export const countDown = (el: HTMLTimeElement) => {
	const text = left(Date.parse(el.dateTime))
	if (el.textContent !== text) el.textContent = text
	ticking ??= setInterval(tick, 500)
}

const tick = () => {
	const all = document.querySelectorAll<HTMLTimeElement>("time[data-local-time=left]")
	for (const el of all) countDown(el)
	if (all.length > 0) return
	clearInterval(ticking)
	ticking = undefined
}
