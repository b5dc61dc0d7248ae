// A time element with data-local-time is shown in the zone and the language of
// the reader. Without a script it shows the zone of the server.

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
		if (el.textContent !== text) el.textContent = text
		el.title ||= at.toISOString()
	}
}
