import { mergePatch } from "datastar"
import type { Problem } from "./errors"

/**
 * Lets Datastar expressions follow a form: under the name in data-live-signals
 * there are busy, sent and refused, the sentence that says why.
 */
export const followForm = (form: HTMLFormElement) => {
	const name = form.dataset.liveSignals
	const set = (values: { busy: boolean; sent: boolean; refused: string }) => {
		if (name) mergePatch({ [name]: values })
	}
	return {
		busy: () => set({ busy: true, sent: false, refused: "" }),
		sent: () => set({ busy: false, sent: true, refused: "" }),
		refused: (p: Problem) => set({ busy: false, sent: false, refused: p.errors?.map((e) => e.message).join(" ") || p.detail }),
	}
}
