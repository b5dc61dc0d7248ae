// drawBars stands for a package of npm: it draws into a place, calls back, and must be
// told to end.
const drawBars = (place, numbers, onPick) => {
	const update = (numbers) => {
		place.replaceChildren(
			...numbers.map((n, i) => {
				const bar = document.createElement("button")
				bar.textContent = "▇".repeat(n) || "–"
				bar.onclick = () => onPick(i)
				return bar
			}),
		)
	}
	drawBars.alive = (drawBars.alive ?? 0) + 1
	drawBars.made = (drawBars.made ?? 0) + 1
	update(numbers)
	return { update, destroy: () => drawBars.alive-- }
}

class BarChart extends HTMLElement {
	static observedAttributes = ["data-numbers"]
	#chart

	connectedCallback() {
		const place = this.shadowRoot ?? this.attachShadow({ mode: "open" })
		this.#chart = drawBars(place, this.#numbers, (i) => this.#pick(i))
	}

	disconnectedCallback() {
		this.#chart.destroy()
		this.#chart = undefined
	}

	attributeChangedCallback() {
		this.#chart?.update(this.#numbers)
	}

	get #numbers() {
		return this.dataset.numbers.split(" ").map(Number)
	}

	#pick(i) {
		const form = document.getElementById(this.dataset.form)
		form.elements.text.value = `bar ${i + 1}`
		form.requestSubmit()
	}
}

customElements.define("bar-chart", BarChart)
