package live_test

import (
	"strings"
	"sync"
	"testing"

	"ironstar.dev"
	"ironstar.dev/live"
)

// clock is a reader whose state changes without an event, as an answer about the last
// hour does.
type clock struct {
	mu       sync.Mutex
	now      int
	revision uint64
	read     int // how often
	watchers map[int]func()
}

func (c *clock) Read(_ string, f func(now int, changed, asOf ironstar.Position) error) error {
	c.mu.Lock()
	c.read++
	now := c.now
	c.mu.Unlock()
	return f(now, 0, 0)
}

func (c *clock) Notify(_ string, changed func()) (func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.watchers)
	c.watchers[n] = changed
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.watchers, n)
	}, nil
}

func (c *clock) Revision() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.revision
}

// set changes the state, or only the revision.
func (c *clock) set(now int) {
	c.mu.Lock()
	c.now, c.revision = now, c.revision+1
	var all []func()
	for _, changed := range c.watchers {
		all = append(all, changed)
	}
	c.mu.Unlock()
	for _, changed := range all {
		changed()
	}
}

// TestRevised: a page whose state changes without an event is patched, and another
// revision of the same content sends nothing.
func TestRevised(t *testing.T) {
	a := start(t, appOptions{})
	c := &clock{watchers: map[int]func(){}}
	live.Pages(a.live, live.Feed[int, live.None]{
		Path: "/test/clock", Name: "test.Clock", By: ironstar.Global, Page: number,
		ReaderAt: func(live.At[live.None]) live.Reader[int] { return c },
	})
	address, page := a.open("/test/clock")
	if !strings.Contains(page, "<p>0</p>") {
		t.Fatalf("the page is %s", page)
	}
	f := a.feed(address)
	defer f.close()
	eventually(t, "the feed watches", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return len(c.watchers) > 0
	})
	c.set(0) // nothing new: a patch would come before the next one
	c.set(1)
	if patch := f.patch(); !strings.Contains(patch, "<p>1</p>") {
		t.Errorf("the first patch is %s", patch)
	}
	c.set(2)
	if patch := f.patch(); !strings.Contains(patch, "<p>2</p>") {
		t.Errorf("the second patch is %s", patch)
	}
}
