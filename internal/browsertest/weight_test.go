//go:build browser

package browsertest

import (
	"fmt"
	"strings"
	"testing"
)

// TestPageWeight: a todo page with everything that it loads (document, script, style,
// icons, fonts) has at most 45 kB on the wire, all of it from this server.
func TestPageWeight(t *testing.T) {
	const budget = 45_000
	s := newServer(t)
	l := openList(t, s.URL("/todo/board/heavy"))
	for i := range 30 {
		l.AddAndSee(fmt.Sprintf("line %d: buy milk, bread and a newspaper", i))
	}
	l.Go(s.URL("/todo/board/heavy"))
	l.Await("the feed", `document.querySelector("[data-live-status=on]")`)
	type loaded struct {
		Name             string
		Encoded, Decoded int
	}
	all := eval[[]loaded](l.tab, `[...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
		.map(e => ({Name: e.name, Encoded: e.encodedBodySize, Decoded: e.decodedBodySize}))`)
	// A file in the cache counts as well: the browser says its size.
	sum, seen := 0, ""
	for _, f := range all {
		t.Logf("%6d bytes, %6d unpacked: %s", f.Encoded, f.Decoded, f.Name)
		sum += f.Encoded
		seen += f.Name + " "
		if !strings.HasPrefix(f.Name, s.URL("/")) {
			t.Errorf("the page loads %s", f.Name)
		}
		if strings.Contains(f.Name, "/feed") {
			continue // it has not ended
		}
		if f.Encoded == 0 || f.Encoded >= f.Decoded {
			t.Errorf("%s is not compressed: %d bytes, %d unpacked", f.Name, f.Encoded, f.Decoded)
		}
	}
	for _, part := range []string{"/todo/board/heavy", ".js", ".css"} {
		if !strings.Contains(seen, part) {
			t.Errorf("%s is not among what was measured: %s", part, seen)
		}
	}
	t.Logf("%d bytes together", sum)
	if sum > budget {
		t.Errorf("the page loads %d bytes, at most %d", sum, budget)
	}
}
