package live_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ironstar.dev"
	"ironstar.dev/engine"
	"ironstar.dev/live"
)

// TestNoPage: a view that is said to have no page has no address.
func TestNoPage(t *testing.T) {
	eng := engine.New(nil, engine.Options{})
	s, err := live.New(live.Options{Engine: eng})
	if err != nil {
		t.Fatal(err)
	}
	live.Pages(s, live.Feed[int, live.None]{
		Path: "/total", Name: "test.Total", By: ironstar.Global, Reader: engine.Follow(eng, ironstar.View[int]{Name: "test.Total"}),
		Page:        func(int, live.At[live.None]) templ.Component { return templ.Raw("") },
		ViewOptions: live.ViewOptions{NoPage: true},
	})
	for _, path := range []string{"/total", "/total/feed"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != 404 {
			t.Errorf("%s answers %d, want 404", path, w.Code)
		}
	}
}

// TestWasm: the page of a view that says so may compile WebAssembly, and no other page
// and no error may.
func TestWasm(t *testing.T) {
	eng := engine.New(nil, engine.Options{})
	s, err := live.New(live.Options{Engine: eng})
	if err != nil {
		t.Fatal(err)
	}
	for _, wasm := range []bool{false, true} {
		path := map[bool]string{false: "/plain", true: "/wasm"}[wasm]
		live.Pages(s, live.Feed[int, live.None]{
			Path: path, Name: "test" + path, By: ironstar.Global, Reader: engine.Follow(eng, ironstar.View[int]{Name: "test" + path}),
			Page:        func(int, live.At[live.None]) templ.Component { return templ.Raw("") },
			ViewOptions: live.ViewOptions{Wasm: wasm},
		})
	}
	for path, want := range map[string]bool{"/plain": false, "/wasm": true, "/nothing": false, "/wasm/nothing": false} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if policy := w.Header().Get("Content-Security-Policy"); strings.Contains(policy, "'wasm-unsafe-eval'") != want || policy == "" {
			t.Errorf("%s: the policy is %q; WebAssembly allowed: want %v", path, policy, want)
		}
	}
}
