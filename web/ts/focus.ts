// Whoever works with the keyboard keeps their place when a patch takes away the
// element that has the focus: the same control of the next line gets it.
const controls = [".toggle", ".rename", ".destroy", ".mark"]

let place: { control: Element; rows: string[]; at: number } | undefined

const remember = (control: Element) => {
	const line = control.closest(".todo-list > li")
	const rows = line ? Array.from(line.parentElement?.children ?? [], (row) => row.id) : []
	place = { control, rows, at: line ? rows.indexOf(line.id) : -1 }
}

/** The elements to try, best first. */
function* successors({ control, rows, at }: NonNullable<typeof place>) {
	const same = at >= 0 && controls.find((selector) => control.matches(selector))
	const nearest = same ? [...rows.slice(at + 1), ...rows.slice(0, at).reverse()] : []
	for (const id of nearest) yield document.getElementById(id)?.querySelector<HTMLElement>(same || "")
	if (control.matches(".clear-completed")) yield document.querySelector<HTMLElement>(".filters .selected")
	// A field would bring up the keyboard of a telephone.
	if (!matchMedia("(pointer: coarse)").matches) yield document.querySelector<HTMLElement>(".new-todo")
}

const free = () => document.activeElement === null || document.activeElement === document.body

const patched = () => {
	if (!place) return
	const { control } = place
	if (control.isConnected) {
		if (document.activeElement === control) remember(control)
		return
	}
	const lost = place
	place = undefined
	const line = control.matches(".edit") && control.closest("li")
	if (line) document.dispatchEvent(new CustomEvent("line-taken", { detail: line }))
	for (const next of successors(lost)) {
		if (!free()) return
		next?.focus()
	}
}

document.addEventListener("focusin", (e) => e.target instanceof Element && remember(e.target))
document.addEventListener("pointerdown", () => (place = undefined), true)
new MutationObserver(patched).observe(document, { childList: true, subtree: true })
