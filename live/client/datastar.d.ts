// What the client uses of Datastar's bundle, which has no types of its own.
declare module "datastar" {
	/** All signals of the page by name. */
	export const root: Record<string, unknown>
	/** Merges values into the signals; null removes one. */
	export const mergePatch: (patch: Record<string, unknown>) => void
}
