//go:build browser

package browsertest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

var feedPatches = flag.Int("feed-patches", 200, "how many changes TestFeeds makes for each coding and version of HTTP")

// TestFeeds: in every coding and version of HTTP, with joins, stalls, cuts, a
// restart and hidden tabs, a page shows only states that existed, in their
// order, and the last one at the end.
func TestFeeds(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, coding := range []string{"zstd", "gzip", "identity"} {
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", coding, http2), func(t *testing.T) {
				r := newRecord(t, coding, http2)
				r.join(2)
				for !r.over() {
					r.chapter()
				}
				r.finish()
			})
		}
	}
}

// record has every state of a list. State n renames a line to n, so all states
// differ.
type record struct {
	t     *testing.T
	site  *site
	road  *road
	list  string
	lines []string // ids of the lines
	n     int
	tabs  []*list
	dice  *rand.Rand

	chapters int
	shown    int // number of states that all tabs have shown
}

func newRecord(t *testing.T, coding string, http2 bool) *record {
	r := &record{t: t, site: newSite(t, coding, http2), list: newID(), dice: rand.New(rand.NewPCG(5, uint64(len(coding))))}
	r.road = newRoad(t, r.site.Addr)
	r.lines = r.site.Lines(r.list, "0", "0", "0", "0")
	return r
}

func (r *record) over() bool { return r.n >= *feedPatches }

// state returns what the page shows after n changes.
func (r *record) state(n int) []string {
	lines := make([]string, len(r.lines))
	for i := range lines {
		lines[i] = fmt.Sprint(max(n-(n-i+len(lines))%len(lines), 0))
	}
	return lines
}

// change makes some new states.
func (r *record) change(times int) {
	r.t.Helper()
	for range times {
		r.n++
		r.site.Post(todohttp.ListRenameURL(r.list), fmt.Sprintf(`{"id":%q,"text":"%d"}`, r.lines[r.n%len(r.lines)], r.n))
	}
}

// watch makes a page record everything that it shows, from its first line on.
const watch = `window.seen = [];
new MutationObserver(() => {
	const now = ` + titles + `;
	if (document.readyState !== "loading" && JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
}).observe(document, {subtree: true, childList: true, characterData: true, attributes: true})`

func (r *record) join(tabs int) {
	r.t.Helper()
	for range tabs {
		l := &list{newTab(r.t, "about:blank")}
		l.BeforeScripts(watch)
		l.Go(r.site.URL(r.road.Addr(), todohttp.BoardURL(r.list, gen.BoardParams{})))
		r.tabs = append(r.tabs, l)
		r.await(l)
	}
}

// await waits until a tab shows the current state.
func (r *record) await(l *list) {
	r.t.Helper()
	l.AwaitItems(r.state(r.n)...)
}

// check checks everything that a tab has shown.
func (r *record) check(l *list) {
	r.t.Helper()
	last := -1
	for _, shown := range eval[[][]string](l.tab, `window.seen`) {
		n := -1
		for _, s := range shown {
			var v int
			fmt.Sscan(s, &v)
			n = max(n, v)
		}
		if n <= last || !slices.Equal(shown, r.state(n)) {
			r.t.Errorf("after state %d the page showed %q, state %d is %q", last, shown, n, r.state(n))
		}
		last = n
		r.shown++
	}
}

// chapter does something to the tabs while the list changes.
func (r *record) chapter() {
	r.t.Helper()
	for range 6 { // separate changes are all shown
		r.change(1)
		r.await(r.tabs[0])
	}
	l := r.tabs[r.dice.IntN(len(r.tabs))]
	r.chapters++
	switch r.chapters % 6 {
	case 0: // a tab joins during changes
		l := &list{newTab(r.t, "about:blank")}
		l.BeforeScripts(watch)
		r.change(10)
		l.Go(r.site.URL(r.road.Addr(), todohttp.BoardURL(r.list, gen.BoardParams{})))
		r.tabs = append(r.tabs, l)
	case 1: // the connection stalls
		r.road.Block(true)
		r.change(60)
		r.road.Block(false)
	case 2: // a tab is hidden
		eval[bool](l.tab, hide)
		r.change(15)
		eval[bool](l.tab, show)
	case 3: // connections break off
		r.change(5)
		r.road.Cut()
		r.change(5)
	case 4: // another server takes its place
		r.change(5)
		r.site.Stop()
		r.site.Start()
		r.change(5)
	case 5: // a page is loaded again
		r.check(l)
		l.Reload()
	}
	r.change(10)
	for _, l := range r.tabs {
		r.await(l)
	}
	if len(r.tabs) > 3 {
		r.tabs = r.tabs[1:]
	}
}

func (r *record) finish() {
	r.t.Helper()
	for _, l := range r.tabs {
		r.await(l)
		r.check(l)
	}
	r.t.Logf("%d changes, %d states shown by %d tabs", r.n, r.shown, len(r.tabs))
	if r.shown < r.n/4 {
		r.t.Errorf("of %d states all tabs together showed %d", r.n, r.shown)
	}
}
