// How much time is left, once a second. Without a script the page shows the end.

const left = (until: number) => {
	const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
	const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
	return seconds === 0 ? "the hammer falls" : `${h ? `${h} h ` : ""}${h || m ? `${m} min ` : ""}${s} s left`
}

const show = () => {
	for (const el of document.querySelectorAll<HTMLElement>("[data-countdown]")) {
		const text = left(Date.parse(el.dataset.countdown ?? ""))
		if (el.textContent !== text) el.textContent = text
	}
}

document.addEventListener("live-patched", show)
setInterval(show, 1000)
show()
