import { words } from "../words"

// A chart element is in the script of every page as little more than its name. What
// draws is a chunk of its own, which the first such element of a page loads.

/** What the chunk of an element does. */
export type Drawing = {
	connected(el: HTMLElement): void
	disconnected(el: HTMLElement): void
	changed(el: HTMLElement): void
}

/** Makes the drawing of a chunk. The words come from the script of the page, so that the chunk needs no other. */
export type Chunk = { drawing(w: typeof words): Drawing }

/** Defines an element whose chunk is loaded when a page has one. Until then, and if that fails, it shows what is in it. */
export const defineLazily = (name: string, attributes: readonly string[], load: () => Promise<Chunk>) => {
	let loading: Promise<Drawing> | undefined
	let drawing: Drawing | undefined
	const loaded = async (): Promise<Drawing> => {
		loading ??= load().then((chunk) => (drawing = chunk.drawing(words)))
		try {
			return await loading
		} catch (cause) {
			loading = undefined // the next element tries again
			throw cause
		}
	}
	class Chart extends HTMLElement {
		static observedAttributes = attributes

		connectedCallback() {
			loaded().then(
				(d) => d.connected(this),
				(cause: unknown) => console.error(`<${name}>: what draws it cannot be loaded; the table stays.`, cause),
			)
		}

		disconnectedCallback() {
			drawing?.disconnected(this)
		}

		/** The element is in another place of the page, and nothing else about it is another. */
		connectedMoveCallback() {}

		attributeChangedCallback() {
			drawing?.changed(this)
		}
	}
	if (!customElements.get(name)) customElements.define(name, Chart)
}
