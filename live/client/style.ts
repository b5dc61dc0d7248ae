/**
 * What is hidden whatever the style of a page is: places for errors that are empty, and, of a choice between cases, the
 * fields of those that are not chosen. Wrong input stays in sight.
 */
const rules = `
.live-error:empty, .live-status:empty { display: none }
.live-case:not(:has(> label > :checked)):not(:has(> .live-case-fields :invalid)) > .live-case-fields { display: none }`

export const startStyle = () => {
	const sheet = new CSSStyleSheet()
	sheet.replaceSync(rules)
	document.adoptedStyleSheets = [sheet, ...document.adoptedStyleSheets]
}
