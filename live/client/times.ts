// A time element with data-local-time is shown in the zone and the language of
// the reader. Without a script it shows the zone of the server. So does a control
// for a day and a time: the hidden field before it says which instant that is.

import { countDown } from "./countdown"

const styles: Record<string, Intl.DateTimeFormatOptions> = {
	"": { dateStyle: "medium", timeStyle: "short" },
	date: { dateStyle: "medium" },
	time: { timeStyle: "short" },
}

/** Shows the times within an element as its reader reads them. */
export const localTimes = (within: ParentNode) => {
	for (const el of within.querySelectorAll<HTMLTimeElement>("time[data-local-time]")) {
		const at = new Date(el.dateTime)
		if (Number.isNaN(at.getTime())) continue
		const language = document.documentElement.lang || undefined
		const text = new Intl.DateTimeFormat(language, styles[el.dataset.localTime ?? ""] ?? styles[""]).format(at)
		if (el.dataset.localTime === "left") {
			el.title ||= text
			countDown(el)
			continue
		}
		if (el.textContent !== text) el.textContent = text
		el.title ||= at.toISOString()
	}
	for (const c of within.querySelectorAll<HTMLInputElement>(`${shownBefore} + input[type=datetime-local]`)) {
		const at = new Date(instantOf(c) ?? "")
		if (!Number.isNaN(at.getTime())) c.setAttribute("value", wallClock(at)) // what a person typed stays
	}
}

const shownBefore = 'input[type=hidden][name^="_at."]'

/** The instant in RFC 3339 that a control for a day and a time shows at first, if it shows one. */
export const instantOf = (c: HTMLInputElement): string | undefined => {
	const before = c.previousElementSibling
	return before instanceof HTMLInputElement && before.matches(shownBefore) ? before.value : undefined
}

/** What clocks show the reader at an instant, as such a control has it. */
export const wallClock = (at: Date): string => {
	const n = (value: number, digits = 2) => String(value).padStart(digits, "0")
	const day = `${n(at.getFullYear(), 4)}-${n(at.getMonth() + 1)}-${n(at.getDate())}T${n(at.getHours())}:${n(at.getMinutes())}`
	if (at.getMilliseconds()) return `${day}:${n(at.getSeconds())}.${n(at.getMilliseconds(), 3)}`
	return at.getSeconds() ? `${day}:${n(at.getSeconds())}` : day
}

/** Whether two of them are the same, with and without seconds. */
export const sameWall = (a: string, b: string): boolean => Date.parse(`${a}Z`) === Date.parse(`${b}Z`)
