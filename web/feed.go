package web

import "github.com/a-h/templ"

// The expressions that open the feed of a page and watch it.

// shown is the filter that the address asks for: by its end, or by its query.
func shown() string {
	return `({'#/': 'all', '#/active': 'active', '#/completed': 'completed'})[new URL($_at).hash] ?? new URL($_at).searchParams.get('show') ?? 'all'`
}

// feedAddress is where the feed of the filter is, as an expression. The page goes
// on from where it was rendered only the first time, and only with the filter
// that it was rendered with: later it shows something else.
func (b board) feedAddress() string {
	return quoted(b.feed) + ` + '?show=' + $_show + ` + quoted("&page-version="+b.version) + ` + ($_show === ` + quoted(string(b.show)) + ` && !el.stop ? ` + quoted("&from="+b.from) + ` : '')`
}

// follow opens the feed at an address, and another instead when the address
// changes. Opened by itself, a feed whose next try is due when the tab is looked
// at again would be there twice.
func follow(address string) string {
	return `el.stop?.abort();
@get(` + address + `, {retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000, requestCancellation: el.stop = new AbortController()});
$_again`
}

// heard keeps track of whether the feed is there. app.ts says when it is there
// again.
func heard() string {
	return `const d = evt.detail;
if (d.el === el && (d.type === 'retrying' || d.type === 'error' || d.type === 'retries-failed')) $_live = 'lost';
if (d.el === el && d.type.startsWith('datastar')) $_live = 'on'`
}

// feedSignals are those that feedAttributes need.
func feedSignals() map[string]any {
	return map[string]any{"_live": "", "_again": 0, "_waiting": 0, "_stale": "", "_old": false}
}

// feedAttributes make an element open the feed at an address, and say when it
// has broken off. It is opened at once when the computer is in a network again,
// or the tab is looked at again, instead of waiting for the next try. keep is what
// to keep when the page is older than the server.
func feedAttributes(address, keep string) templ.Attributes {
	return templ.Attributes{
		"data-effect":                        follow(address),
		"data-on:datastar-fetch":             heard(),
		"data-on:feed-open__document":        "$_live = 'on'",
		"data-on:online__window":             "$_again++",
		"data-on:visibilitychange__document": "if (!document.hidden && $_live === 'lost') $_again++",
		"data-on-signal-patch":               renew(keep),
		"data-on-signal-patch-filter":        "{include: /^_(stale|waiting)$/}",
		"data-attr:data-live":                "$_live",
		"data-text":                          "$_live === 'lost' ? ($_waiting ? 'Connection lost. Your changes are sent when it is back.' : 'Connection lost. Trying again…') : $_old ? 'There is a newer version of this page. Please reload it.' : ''",
	}
}
