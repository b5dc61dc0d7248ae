//go:build browser

package browsertest

import (
	"fmt"
	"testing"

	gen "ironstar.dev/gen/todo"
	"ironstar.dev/gen/todo/todohttp"
)

// readFeed reads a feed as scripts do and keeps each comment, and the patches.
const readFeed = `window.comments = []; window.patches = [];
fetch(%s).then(async answer => {
	window.coding = answer.headers.get("content-encoding") ?? "identity";
	let text = "";
	for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
		text += part;
		for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
			const event = text.slice(0, end + 2);
			if (event === ":\n\n") comments.push(performance.now()); else patches.push(event);
		}
	}
})`

// TestKeepAlives: a script in a page reads every keep-alive when it is sent, in
// every coding and version of HTTP. Patches between them arrive, too.
func TestKeepAlives(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		for _, coding := range []string{"zstd", "gzip", "identity"} {
			t.Run(fmt.Sprintf("%s, HTTP/2 %v", coding, http2), func(t *testing.T) {
				s := newSite(t, coding, http2)
				list := newID()
				s.Lines(list, "one")
				page := newTab(t, s.URL(s.Addr, "/todo/tally"))
				eval[bool](page, fmt.Sprintf(readFeed, quote(todohttp.BoardURL(list, gen.BoardParams{})+"/feed"))+`, true`)
				for n := 1; n < 4; n++ {
					page.Await("a patch", fmt.Sprintf(`patches.length === %d`, n))
					eval[bool](page, `window.before = comments.length, true`)
					page.Await("keep-alives", `comments.length >= before + 3`)
					if n == 3 {
						break
					}
					s.Post(todohttp.ListAddURL(list), fmt.Sprintf(`{"text":"another %d"}`, n))
					page.Await("the line", fmt.Sprintf(`patches.at(-1)?.includes("another %d")`, n))
				}
				if got := eval[string](page, `coding`); got != coding {
					t.Errorf("the feed came as %s", got)
				}
				if most := eval[float64](page, `Math.max(...comments.slice(1).map((at, i) => at - comments[i]))`); most > 2000 {
					t.Errorf("keep-alives came %v ms apart", most)
				}
			})
		}
	}
}
