package dev

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ironstar.dev/internal/templates"
)

// TestTemplWritesTheSameBytes: what this package generates is what templ generate
// has written for every template of this repository.
func TestTemplWritesTheSameBytes(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, folder := range []string{"web", "ops"} {
		found, err := filepath.Glob(filepath.Join(root, folder, "*.templ"))
		if err != nil {
			t.Fatal(err)
		}
		for _, source := range found {
			compared++
			name := folder + "/" + filepath.Base(source)
			want, err := os.ReadFile(strings.TrimSuffix(source, ".templ") + "_templ.go")
			if err != nil {
				t.Fatal(err)
			}
			got, problems := templCode(source, name, templates.ShownName(name, nil))
			if problems != nil || string(got) != string(want) {
				t.Errorf("%s gives other code than templ generate (%v)", name, problems)
			}
		}
	}
	if compared < 8 {
		t.Errorf("only %d templates were compared", compared)
	}
}

// TestShownName: a template keeps the name that its code has, which says where templ
// generate was run.
func TestShownName(t *testing.T) {
	for old, want := range map[string]string{
		"": "a.templ", "no name": "a.templ", "FileName: `web/a.templ`, FileName: `x`": "web/a.templ", "FileName: `a.templ`": "a.templ", "FileName: `b.templ`": "a.templ",
		"FileName: `/home/me/web/a.templ`": "a.templ",
	} {
		if got := templates.ShownName("web/a.templ", []byte(old)); got != want {
			t.Errorf("%q gives %q, want %q", old, got, want)
		}
	}
	if got := templates.ShownName("a.templ", nil); got != "a.templ" {
		t.Errorf("at the root it is %q", got)
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestTemplProblems: hostile and truncated templates give problems with a place,
// and leave the last code.
func TestTemplProblems(t *testing.T) {
	root := t.TempDir()
	write(t, root, "web/a_templ.go", "package web\n")
	for text, line := range map[string]int{
		"package web\n\ntempl A() {\n\t<p>\n}\n":    5, // where the element should have ended
		"package web\n\ntempl A() {\n\t<p>{ x </p>": 4,
		"package web\n\nfunc f( {\n":                0, // the generator gives no place
		"\x00\xff":                                  0,
		"package web\n\ntempl A(s string { <p/> }":  3,
	} {
		write(t, root, "web/a.templ", text)
		wrote, problems := generateTempl(root, "web/a.templ")
		if wrote != "" || len(problems) == 0 || problems[0].File != "web/a.templ" || problems[0].Message == "" || line > 0 && problems[0].Line != line {
			t.Errorf("%q gives %q and %+v, want a problem in line %d", text, wrote, problems, line)
		}
	}
	if code, err := os.ReadFile(filepath.Join(root, "web/a_templ.go")); err != nil || string(code) != "package web\n" {
		t.Errorf("the last code is %q (%v)", code, err)
	}
	if err := os.Remove(filepath.Join(root, "web/a.templ")); err != nil {
		t.Fatal(err)
	}
	wrote, problems := generateTempl(root, "web/a.templ")
	if _, err := os.Stat(filepath.Join(root, "web/a_templ.go")); err == nil || wrote != "web/a_templ.go" || problems != nil {
		t.Errorf("a template that is gone leaves its code (%q, %v)", wrote, problems)
	}
}

// TestTemplPosition: an error in generated code is in the template.
func TestTemplPosition(t *testing.T) {
	root := t.TempDir()
	write(t, root, "web/a.templ", "package web\n\ntempl A(s string) {\n\t<p class={ s }>{ s }</p>\n\t<p>{ nothing }</p>\n"+
		"\tif s == nothing {\n\t\t<p/>\n\t\tif x := nothing; x {\n\t\t\t<b/>\n\t\t}\n\t}\n\tif s == nothing {\n\t\t<p/>\n\t}\n\t{{ x  :=  nothing }}\n\t{ x }\n}\n")
	if _, problems := generateTempl(root, "web/a.templ"); problems != nil {
		t.Fatal(problems)
	}
	code, err := os.ReadFile(filepath.Join(root, "web/a_templ.go"))
	if err != nil {
		t.Fatal(err)
	}
	s := &supervisor{Options: Options{Root: root}}
	at, places := 0, []string{}
	for range 5 {
		at += strings.Index(string(code[at:]), "nothing") + len("nothing")
		before := string(code[:at-len("nothing")])
		p := Problem{File: "web/a_templ.go", Line: strings.Count(before, "\n") + 1, Col: len(before) - strings.LastIndex(before, "\n")}
		places = append(places, s.inTempl([]Problem{p})[0].place())
	}
	if want := []string{"web/a.templ:5:7", "web/a.templ:6:10", "web/a.templ:8:11", "web/a.templ:12:10", "web/a.templ:15:12"}; !slices.Equal(places, want) {
		t.Errorf("got %v, want %v", places, want)
	}
	got := s.inTempl([]Problem{{File: "web/b_templ.go", Line: 1}, {File: "web/a_templ.go", Line: 1 << 30, Col: -5}})
	if got[0].File != "web/b_templ.go" || got[1].File != "web/a_templ.go" {
		t.Errorf("got %+v", got)
	}
}

func TestBuildProblems(t *testing.T) {
	root := t.TempDir()
	write(t, root, "web/a.go", "package web\n\nvar x = nothing\n")
	said := "# example.com/x/web\nweb/a.go:3:9: undefined: nothing\n\tmore of it\n" + filepath.Join(root, "b.go") + ":7: wrong\n"
	got := buildProblems(root, said)
	want := []Problem{
		{Stage: StageBuild, File: "web/a.go", Line: 3, Col: 9, Message: "undefined: nothing\nmore of it"},
		{Stage: StageBuild, File: "b.go", Line: 7, Message: "wrong"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if text := got[0].withSource(root).String(); !strings.HasPrefix(text, "web/a.go:3:9: undefined: nothing\nmore of it (go build)\n      | var x = nothing\n      |         ^\n") {
		t.Errorf("it is shown as\n%s", text)
	}
	for said, message := range map[string]string{"": "go build failed and printed nothing", "go: no module\n": "go: no module", "::::\n": "::::"} {
		if got := buildProblems(root, said); len(got) != 1 || got[0].Message != message || got[0].File != "" {
			t.Errorf("%q gives %+v", said, got)
		}
	}
}

// TestInject: the script comes first in every kind of document, and everything
// else stays as it is.
func TestInject(t *testing.T) {
	tag := func(string) string { return "<script></script>" }
	for text, want := range map[string]string{
		"<!DOCTYPE html><html><head lang=x><title>a</title></head></html>": "<!DOCTYPE html><html><head lang=x><script></script><title>a</title></head></html>",
		"<!doctype html><p>&amp; <b>":                                      "<!doctype html><script></script><p>&amp; <b>",
		"":                                                                 "<script></script>",
		"<":                                                                "<script></script><",
		"<head><link href=\"/static/app-AAAAAAAA.css\"><script src=/static/other-AAAAAAAA.js></script>/static/app-AAAAAAAA.css": "<head><script></script><link href=\"/static/app-BBBBBBBB.css\"><script src=/static/other-AAAAAAAA.js></script>/static/app-AAAAAAAA.css",
	} {
		got := string(inject([]byte(text), map[string]string{"app.css": "/static/app-BBBBBBBB.css"}, tag).html)
		if got != want {
			t.Errorf("%q becomes\n%q, want\n%q", text, got, want)
		}
	}
}

// TestLayout: two documents have the same layout if they differ in their live part
// and in what is different each time.
func TestLayout(t *testing.T) {
	layout := func(text string) string {
		return inject([]byte(text), nil, func(string) string { return "" }).layout
	}
	first := `<html><head><link href="/static/app-AAAAAAAA.css"><title>a</title><script nonce="x"></script></head><body class="b"><div data-live-feed="/f?_from=1"><div>one</div></div><input type="hidden" value="1"><p data-init="@get('/f?_from=1')">end</p><input value="3"><div data-live-feed="/f?_from=1"/></body></html>`
	for _, same := range []string{`<title>a</title>`, `<title>b</title>`} {
		second := strings.NewReplacer("<title>a</title>", same, `nonce="x"`, `nonce="y"`, "app-AAAAAAAA", "app-BBBBBBBB", "_from=1", "_from=2", "@get", "@post", "<div>one</div>", "<div>two<div></div></div>", `value="1"`, `value="2"`).Replace(first)
		if layout(first) != layout(second) {
			t.Errorf("other layout:\n%s\n%s", first, second)
		}
	}
	for old, now := range map[string]string{`class="b"`: `class="c"`, "end": "fin", "<p ": "<h1 ", `value="3"`: `value="4"`} {
		if second := strings.Replace(first, old, now, 1); layout(first) == layout(second) {
			t.Errorf("same layout:\n%s\n%s", first, second)
		}
	}
}

// TestOnlyThisMachine: another site's name for this machine is refused, and so is
// an address that others reach.
func TestOnlyThisMachine(t *testing.T) {
	s := &supervisor{Options: Options{Addr: "127.0.0.1:8080"}, board: newBoard(), ending: make(chan struct{}), started: make(chan struct{})}
	h := s.newProxy("127.0.0.1:1")
	for host, want := range map[string]int{"127.0.0.1:8080": 200, "LOCALHOST:8080": 200, "[::1]:8080": 200, "evil.example:8080": 403, "127.0.0.1": 403, "": 403} {
		r := httptest.NewRequest("GET", nowPath, nil)
		r.Host = host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("host %q gets %d, want %d", host, w.Code, want)
		}
	}
	r := httptest.NewRequest("POST", visiblePath+"?change=1", nil)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("another site gets %d, want 403", w.Code)
	}
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.com:80", "127.0.0.1", ""} {
		if l, err := listen(t.Context(), addr); err == nil {
			l.Close()
			t.Errorf("it listens on %q", addr)
		}
	}
}

// TestAssets: only built files are served from the folder.
func TestAssets(t *testing.T) {
	root := t.TempDir()
	write(t, root, "static/dist/app-AAAAAAAA.css", "p {}")
	write(t, root, "static/dist/secret", "x")
	write(t, root, "static/dist/app-AAAAAAAA.css.bak", "x")
	s := &supervisor{Options: Options{Root: root, Addr: "127.0.0.1:8080"}, board: newBoard(), ending: make(chan struct{}), started: make(chan struct{})}
	close(s.ending) // so that nothing waits for a child
	h := s.newProxy("127.0.0.1:1")
	for path, want := range map[string]int{"app-AAAAAAAA.css": 200, "secret": 503, "app-AAAAAAAA.css.bak": 503, "..%2Fsecret": 503, "app-BBBBBBBB.css": 503} {
		r := httptest.NewRequest("GET", staticPrefix+path, nil)
		r.Host = "127.0.0.1:8080"
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != want {
			t.Errorf("%s gets %d, want %d", path, w.Code, want)
		}
	}
}

// TestRewrite: documents are asked for as they are, feeds without the version of
// their page.
func TestRewrite(t *testing.T) {
	var got []*http.Request
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Clone(context.Background()))
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<p>hello</p>"))
	}))
	defer app.Close()
	target, err := url.Parse(app.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &supervisor{Options: Options{Addr: "127.0.0.1:8080"}, board: newBoard(), ending: make(chan struct{}), started: make(chan struct{}), child: new(child)}
	close(s.started)
	h := s.newProxy(target.Host)
	ask := func(path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost:8080"
		r.Header.Set("Accept", accept)
		r.Header.Set("Accept-Encoding", "br, zstd")
		r.Header.Set("If-None-Match", `"x"`)
		r.Header.Set("If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	page := ask("/todo/board/x?page-version=1", "text/html,*/*")
	if body := page.Body.String(); !strings.HasPrefix(body, `<script async src="/_ironstar/dev.js"`) || !strings.HasSuffix(body, "<p>hello</p>") || page.Header().Get(layoutHeader) == "" {
		t.Errorf("the page is %s", body)
	}
	ask("/todo/board/x/feed?page-version=1&_from=2", "text/event-stream")
	if got[0].Host != "localhost:8080" || got[0].Header.Get("Accept-Encoding") != "identity" || got[0].URL.RawQuery != "page-version=1" ||
		got[0].Header.Get("If-None-Match") != "" || got[0].Header.Get("If-Modified-Since") != "" {
		t.Errorf("the page is asked for as %+v", got[0])
	}
	if got[1].Header.Get("Accept-Encoding") != "br, zstd" || got[1].URL.RawQuery != "_from=2" || got[1].Header.Get("If-None-Match") == "" {
		t.Errorf("the feed is asked for as %+v", got[1])
	}
}

// TestParts: what a script asks for stays as it is, also if it is HTML.
func TestParts(t *testing.T) {
	for _, accept := range []string{"text/event-stream, text/html, application/json", "*/*", ""} {
		r := httptest.NewRequest("GET", "/part", nil)
		r.Header.Set("Accept", accept)
		res := &http.Response{Request: r, Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader("<p>"))}
		p := &proxy{supervisor: &supervisor{board: newBoard()}}
		if err := p.modify(res); err != nil {
			t.Error(err)
		}
		if body, err := io.ReadAll(res.Body); err != nil || string(body) != "<p>" || res.Header.Get(layoutHeader) != "" {
			t.Errorf("%q gets %q (%v)", accept, body, err)
		}
	}
}

// TestMoveAside: all files of a database move, also twice in a second.
func TestMoveAside(t *testing.T) {
	root := t.TempDir()
	db := filepath.Join(root, "app.db")
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, want := range []string{"app.db.20260102-030405", "app.db.20260102-030405-2"} {
		write(t, root, "app.db", "x")
		write(t, root, "app.db-wal", "y")
		to, err := moveAside(db, at)
		if err != nil || filepath.Base(to) != want {
			t.Errorf("it moved to %s (%v), want %s", to, err, want)
		}
		if text, err := os.ReadFile(to + "-wal"); err != nil || string(text) != "y" {
			t.Errorf("its log did not move: %v", err)
		}
	}
	if _, err := moveAside(db, at); err == nil {
		t.Error("a database that does not exist was moved")
	}
}

// TestOutdated: a database is moved aside only if nothing in it that a build cannot
// read is released.
func TestOutdated(t *testing.T) {
	first, second := EventVersion{"todo.List", "Added", 1}, EventVersion{"todo.List", "Added", 2}
	finding := Problem{Stage: StageDatabase, Message: "found"}
	for name, c := range map[string]struct {
		released []EventVersion
		err      error
		check    []Problem
		want     string // of the message; "" if the database is moved
	}{
		"none is released":    {},
		"one is released":     {released: []EventVersion{second}, want: "todo.List Added.v2 is released, and this build cannot read what app.db has stored of it"},
		"check says why":      {released: []EventVersion{first}, check: []Problem{finding}, want: "found"},
		"the lock is damaged": {err: errors.New("damaged"), want: "damaged"},
	} {
		root := t.TempDir()
		write(t, root, "app.db", "x")
		s := &supervisor{Options: Options{Root: root, DB: filepath.Join(root, "app.db"), Check: func() []Problem { return c.check },
			Released: func() (func(EventVersion) bool, error) {
				return func(v EventVersion) bool { return slices.Contains(c.released, v) }, c.err
			}}}
		note, problems := s.outdated([]EventVersion{first, second})
		_, err := os.Stat(s.DB)
		if c.want == "" {
			if err == nil || problems != nil || !strings.HasPrefix(note, "todo.List Added.v1 changed and is not released: the database was moved to app.db.") {
				t.Errorf("%s: it says %q and %v, and the database is there: %v", name, note, problems, err == nil)
			}
		} else if err != nil || note != "" || len(problems) != 1 || problems[0].Message != c.want {
			t.Errorf("%s: it says %q and %v, and the database: %v", name, note, problems, err)
		}
	}
}

// TestKinds: what follows from a file, and which files editors and builds leave.
func TestKinds(t *testing.T) {
	for file, want := range map[string]kind{
		"schema/todo/list.cue": cueFile, "schema/todo/bids.sql": sqlFile, "web/a.templ": templFile, "web/app.css": assetFile, "web/ts/edit.ts": assetFile, "web/icon.svg": assetFile,
		"web/a_templ.go": goFile, "internal/app/x.go": goFile, "go.mod": goFile, "internal/app/words.txt": goFile, "package.json": assetFile,
		"a_test.go": ignored, ".#a.go": ignored, "a.go~": ignored, "#a.go#": ignored, ".a.go.swp": ignored, "a.go.tmp": ignored, "README.md": ignored,
		"schema/ironstar.gen.json": ignored, "schema/ironstar.lock": ignored,
	} {
		if got := kindOf(file); got != want {
			t.Errorf("%s is of kind %d, want %d", file, got, want)
		}
	}
}

// TestWatch: what is saved is seen once; what is saved without a change, or was
// written by a stage, is not; a folder may come with its files.
func TestWatch(t *testing.T) {
	root := t.TempDir()
	write(t, root, "web/a.go", "1")
	write(t, root, "tools/go.mod", "module tools")
	w, err := newWatcher(root)
	if err != nil {
		t.Fatal(err)
	}
	defer w.fs.Close()
	changes := make(chan saved)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.run(ctx, changes) }()
	next := func(want ...string) {
		t.Helper()
		for len(want) > 0 {
			select {
			case s := <-changes:
				for _, f := range s.files {
					at := slices.Index(want, f)
					if at < 0 {
						t.Fatalf("%s was seen, want %v", f, want)
					}
					want = slices.Delete(want, at, at+1)
				}
			case <-time.After(time.Minute):
				t.Fatalf("%v was not seen", want)
			}
		}
	}
	write(t, root, "web/a.go", "1")
	write(t, root, "web/.b.go.swp", "x")
	write(t, root, "tools/a.go", "x")
	write(t, root, "web/b.go", "2")
	next("web/b.go")
	write(t, root, "new/deep/c.go", "3")
	next("new/deep/c.go")
	write(t, root, "new/deep/d.templ", "4")
	next("new/deep/d.templ")
	if err := os.RemoveAll(filepath.Join(root, "new")); err != nil {
		t.Fatal(err)
	}
	next("new/deep/c.go", "new/deep/d.templ")
	write(t, root, "moved/deep/e.go", "5")
	next("moved/deep/e.go")
	if err := os.Rename(filepath.Join(root, "moved"), filepath.Join(t.TempDir(), "moved")); err != nil {
		t.Fatal(err)
	}
	next("moved/deep/e.go")
	write(t, root, "web/c.go", "6") // by a stage: it is no change
	w.wrote([]string{"web/c.go"})
	write(t, root, "web/d.go", "7")
	next("web/d.go")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestFolder: the folder of a process that ended without removing it is removed,
// that of another one is not.
func TestFolder(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	write(t, temp, folderPrefix+"left/"+lockName, "")
	write(t, temp, folderPrefix+"left/app1", "binary")
	one, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	two, err := newFolder()
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(temp, "*"))
	slices.Sort(found)
	want := []string{one.path, two.path}
	slices.Sort(want)
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("there are %v (%v), want %v", found, err, want)
	}
	for _, f := range []*folder{one, two} {
		if err := f.close(); err != nil {
			t.Error(err)
		}
	}
}

func TestScript(t *testing.T) {
	code, err := script()
	if err != nil || !strings.Contains(string(code), "ironstar-dev") {
		t.Errorf("%s (%v)", code, err)
	}
}

// TestAddressInUse says what uses it, if that is another ironstar dev.
func TestAddressInUse(t *testing.T) {
	another := &proxy{supervisor: &supervisor{Options: Options{Root: "/home/me/shop"}, board: newBoard()}}
	for want, handler := range map[string]http.HandlerFunc{
		`ironstar dev runs there already, as process ` + strconv.Itoa(os.Getpid()) + ` in "/home/me/shop": end it`: another.serveNow,
		"stop the program that uses it": http.NotFound,
	} {
		server := httptest.NewServer(handler)
		_, err := listen(t.Context(), strings.TrimPrefix(server.URL, "http://"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error that says %q", err, want)
		}
		server.Close()
	}
}
