/** Returns a new random id. Browsers have crypto.randomUUID in secure contexts only, and a page opened as http://192.168.… is none. */
export const newID = (): string => {
	const bytes = crypto.getRandomValues(new Uint8Array(16))
	return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("")
}
