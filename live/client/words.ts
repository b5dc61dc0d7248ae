/** What the page says to people. An application may set other words before the page is loaded: Object.assign(words, {…}). */
export const words = {
	lost: "Connection lost. Trying again…",
	lostWaiting: "Connection lost. Your changes are sent when it is back.",
	tooMany: "Many pages of this site are open. This one shows changes every few seconds.",
	gone: "This page gets no more changes. Please reload it.",
	newer: "There is a newer version of this page. Please reload it.",
	added: "Added:",
	removed: "Removed:",
	left: "{} left",
	units: "d h min s", // of what is left: a day, an hour, a minute, a second
	over: "over",
	sending: "Sending…",
	notSent: "That was not saved: the server does not answer. Please try again.",
	notOurs: "That was not saved: something other than this site answered. Are you signed in to this network?",
	failed: "That was not saved. Please try again.",
	chartTable: "Show as a table",
	chartEmpty: "There is nothing to show yet.",
	chartFailed: "This chart cannot be drawn. Its numbers are in the table.",
	chartFirst: "The first {} of {} rows", // of a table that was made of fetched rows
}
