// The page /dev: it shows events and the number of feeds as they come.
const rows = document.querySelector("[data-records]")
const source = new EventSource("dev/events") // from the address of the page
const longest = 50

source.addEventListener("record", (e) => {
	rows.insertAdjacentHTML("afterbegin", e.data)
	while (rows.childElementCount > longest) rows.lastElementChild.remove()
})

source.addEventListener("feeds", (e) => {
	const feeds = JSON.parse(e.data)
	for (const cell of document.querySelectorAll("[data-feeds]")) cell.textContent = feeds[cell.dataset.feeds] ?? "0"
})
