package live_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"ironstar.dev/engine"
	"ironstar.dev/live"
)

var built = fstest.MapFS{
	"app-B3RQ5YDC.css":       {Data: []byte("body{}")},
	"app-B3RQ5YDC.css.br":    {Data: []byte("brotli")},
	"app-B3RQ5YDC.css.zst":   {Data: []byte("zstandard")},
	"app-B3RQ5YDC.css.gz":    {Data: []byte("gzipped")},
	"manifest.json":          {Data: []byte("{}")},
	"fonts/a.0f9c2b1e.woff2": {Data: []byte("font")},
	".hidden":                {Data: []byte("secret")},
}

func TestAssets(t *testing.T) {
	s := bareServer(t, live.Options{})
	assets, err := live.NewAssets(built)
	if err != nil {
		t.Fatal(err)
	}
	s.Assets("/static/", assets)
	const forever = "public, max-age=31536000, immutable"
	for _, c := range []struct {
		path, accept       string
		status             int
		body, coding, kept string
		kind               string
	}{
		{"app-B3RQ5YDC.css", "", 200, "body{}", "", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "gzip, deflate, br, zstd", 200, "brotli", "br", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "gzip, zstd", 200, "zstandard", "zstd", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "gzip, br", 200, "brotli", "br", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "br;q=0, GZIP;q=0.5", 200, "gzipped", "gzip", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "*", 200, "body{}", "", forever, "text/css; charset=utf-8"},
		{"app-B3RQ5YDC.css", "zstd;q=nonsense", 200, "body{}", "", forever, "text/css; charset=utf-8"},
		{"manifest.json", "zstd", 200, "{}", "", "no-cache", "application/json"},
		{"fonts/a.0f9c2b1e.woff2", "", 200, "font", "", forever, "font/woff2"},
		{"app-B3RQ5YDC.css.br", "", 404, "", "", "no-store", ""},
		{".hidden", "", 404, "", "", "no-store", ""},
		{"fonts", "", 404, "", "", "no-store", ""},
		{"fonts/", "", 404, "", "", "no-store", ""},
		{"", "", 404, "", "", "no-store", ""},
		{"%2e%2e/%2e%2e/etc/passwd", "", 404, "", "", "no-store", ""},
		{"..%2fmanifest.json", "", 404, "", "", "no-store", ""},
		{"manifest.json%00", "", 404, "", "", "no-store", ""},
	} {
		t.Run(c.path+" "+c.accept, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/static/"+c.path, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			h := w.Result().Header
			if w.Code != c.status || c.status == 200 && w.Body.String() != c.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, c.status, c.body)
			}
			if h.Get("Content-Encoding") != c.coding || h.Get("Cache-Control") != c.kept || c.kind != "" && h.Get("Content-Type") != c.kind {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestUnchangedAssetsAreNotSent(t *testing.T) {
	s := bareServer(t, live.Options{})
	assets, err := live.NewAssets(built)
	if err != nil {
		t.Fatal(err)
	}
	s.Assets("/static/", assets)
	tags := map[string]string{}
	for _, coding := range []string{"", "br"} {
		r := httptest.NewRequest("GET", "/static/app-B3RQ5YDC.css", nil)
		r.Header.Set("Accept-Encoding", coding)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		tags[coding] = w.Header().Get("ETag")
		r.Header.Set("If-None-Match", tags[coding])
		w = httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusNotModified || w.Body.Len() != 0 {
			t.Errorf("with %q: got %d %q", coding, w.Code, w.Body)
		}
	}
	if tags[""] == tags["br"] {
		t.Errorf("both encodings have the tag %s", tags[""])
	}
	r := httptest.NewRequest("GET", "/static/manifest.json", nil)
	r.Header.Set("Range", "bytes=1-1")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusPartialContent || w.Body.String() != "}" {
		t.Errorf("range: got %d %q", w.Code, w.Body)
	}
}

func TestDiskAssetsAreNotCached(t *testing.T) {
	s := bareServer(t, live.Options{})
	files := fstest.MapFS{"app-B3RQ5YDC.css": {Data: []byte("a")}, "sub/x.js": {Data: []byte("x")}}
	s.Assets("/static/", live.DiskAssets(files))
	for _, want := range []string{"a", "b"} {
		files["app-B3RQ5YDC.css"].Data = []byte(want)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/static/app-B3RQ5YDC.css", nil))
		if w.Body.String() != want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("got %q, headers %v", w.Body, w.Header())
		}
	}
	for _, path := range []string{"sub", "none.js", "..%2fx"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", "/static/"+path, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}

func ExampleNewAssets() {
	assets, err := live.NewAssets(fstest.MapFS{"app-B3RQ5YDC.css": {Data: []byte("body{}")}})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := live.New(live.Options{Engine: engine.New(nil, engine.Options{})})
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Assets("/static/", assets)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/static/app-B3RQ5YDC.css", nil))
	body, _ := io.ReadAll(w.Result().Body)
	fmt.Println(w.Code, string(body), w.Header().Get("Cache-Control"))
	// Output: 200 body{} public, max-age=31536000, immutable
}
