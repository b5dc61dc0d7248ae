package web

import "github.com/a-h/templ"

// The expressions that open the feed of a todo page and watch it.

// shown is the filter that the address asks for: by its end, or by its query.
func shown() string {
	return `({'#/': 'all', '#/active': 'active', '#/completed': 'completed'})[new URL($_at).hash] ?? new URL($_at).searchParams.get('show') ?? 'all'`
}

// follow opens the feed, and opens another when the filter changes. The page
// goes on from where it was rendered only the first time, and only with the
// filter that it was rendered with: later it shows something else.
func (b board) follow() string {
	return `el.stop?.abort();
@get(` + quoted(b.feed) + ` + '?show=' + $_show + ($_show === ` + quoted(string(b.show)) + ` && !el.stop ? ` + quoted("&from="+b.from) + ` : ''), ` +
		`{retry: 'always', retryMaxCount: Infinity, retryMaxWait: 5000, requestCancellation: el.stop = new AbortController()});
$_again`
}

// connection keeps track of whether the feed is there. app.ts says when it is
// there again.
func connection() string {
	return `const d = evt.detail;
if (d.el === el && (d.type === 'retrying' || d.type === 'error' || d.type === 'retries-failed')) $_live = 'lost';
if (d.el === el && d.type.startsWith('datastar')) $_live = 'on'`
}

// waited opens the feed at once when the computer is in a network again, or the
// tab is looked at again, instead of waiting for the next try.
func waited() templ.Attributes {
	return templ.Attributes{
		"data-on:online__window":             "$_again++",
		"data-on:visibilitychange__document": "if (!document.hidden && $_live === 'lost') $_again++",
	}
}

// statusAttributes make an element say that the feed has broken off.
func statusAttributes() templ.Attributes {
	return templ.Attributes{
		"data-on:datastar-fetch":      connection(),
		"data-on:feed-open__document": "$_live = 'on'",
		"data-attr:data-live":         "$_live",
		"data-text":                   "$_live === 'lost' ? ($_waiting ? 'Connection lost. Your changes are sent when it is back.' : 'Connection lost. Trying again…') : ''",
	}
}
