package live_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ironstar.dev"
	"ironstar.dev/live"
)

const (
	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
	long     = 281 // characters, one more than allowed
)

// TestAnswers checks the table in the package comment. The list "full" has the
// greatest number of notes, the list "some" has one.
func TestAnswers(t *testing.T) {
	a := start(t, appOptions{live: live.Options{MaxBody: 4096}})
	for i := range maxNotes {
		a.add("full", fmt.Sprint("note ", i))
	}
	a.add("some", "one")
	tooLong := strings.Repeat("x", long)

	for _, c := range []struct {
		name         string
		path         string // below /test/notes/
		body         string
		header       []string
		status       int
		want         string // part of the body; "=" in front means all of it
		method, kind string
	}{
		// API clients.
		{name: "done", path: "a/add", body: `{"text":"x"}`, status: 202, want: `="version":1}`, kind: jsonType},
		{name: "nothing to do", path: "some/add", body: `{"text":"one"}`, status: 202, want: `"first":0,`, kind: jsonType},
		{name: "charset", path: "a/add", body: `{"text":"y"}`, header: []string{"Content-Type", "application/json; charset=UTF-8"}, status: 202},
		{name: "invalid", path: "a/add", body: `{"text":"` + tooLong + `","count":101}`, status: 422,
			want: `"errors":[{"field":"text","code":"max_runes","message":"At most 280 characters (there are 281).","has":281,"max":280},{"field":"count","code":"max","message":"At most 100, not 101.","has":101,"max":100}]`},
		{name: "blank", path: "a/add", body: `{"text":"  "}`, status: 422, want: `"code":"min_runes"`},
		{name: "missing", path: "a/add", body: `{}`, status: 422, want: `"field":"text","code":"missing"`},
		{name: "unknown field", path: "a/add", body: `{"text":"x","Text":"y"}`, status: 422, want: `did you mean \"text\"?`},
		{name: "twice", path: "a/add", body: `{"text":"x","text":"y"}`, status: 422, want: `"duplicate"`},
		{name: "null", path: "a/add", body: `{"text":null}`, status: 422, want: `"null"`},
		{name: "wrong type", path: "a/add", body: `{"text":5}`, status: 422, want: `"code":"type"`},
		{name: "not an object", path: "a/add", body: `[]`, status: 422, want: `"expected":"an object"`},
		{name: "refused", path: "full/add", body: `{"text":"x"}`, status: 409,
			want: `"code":"Full","detail":"the list is full (50)","errors":[{"field":"text","code":"Full","message":"the list is full (50)"}],"refusal":{"max":50}`},
		{name: "refused, no field", path: "none/clear", body: `{}`, status: 409, want: `"errors":[{"field":"","code":"NothingToClear"`},
		{name: "malformed", path: "a/add", body: `{"text":`, status: 400, want: `"code":"malformed"`},
		{name: "empty", path: "a/add", body: ``, status: 400, want: `"code":"malformed"`},
		{name: "two values", path: "a/add", body: `{"text":"x"}{}`, status: 400},
		{name: "broken UTF-8", path: "a/add", body: "{\"text\":\"\xff\"}", status: 400},
		{name: "UTF-16", path: "a/add", body: "\xfe\xff\x00{\x00}", status: 400},
		{name: "byte order mark", path: "a/add", body: "\ufeff{\"text\":\"x\"}", status: 400},
		{name: "deep", path: "a/add", body: strings.Repeat(`{"text":`, 400), status: 400},
		{name: "unknown command", path: "a/rename", body: `{}`, status: 404, want: `"code":"unknown_command"`},
		{name: "command in another case", path: "a/Add", body: `{"text":"x"}`, status: 404},
		{name: "too large", path: "a/add", body: `{"text":"` + strings.Repeat("x", 5000) + `"}`, status: 413, want: "at most 4096 bytes"},
		{name: "panic", path: "a/explode", body: `{}`, status: 500, want: `"id":"`},
		{name: "GET", method: "GET", path: "a/add", status: 405, want: `"code":"method"`},
		{name: "PUT", method: "PUT", path: "a/add", body: `{"text":"x"}`, status: 405},
		{name: "DELETE", method: "DELETE", path: "a/add", status: 405},

		// Content types.
		{name: "no type", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", ""}, status: 415},
		{name: "text", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", "text/plain"}, status: 415, want: `"code":"content_type"`},
		{name: "XML", path: "a/add", body: `<a/>`, header: []string{"Content-Type", "application/xml"}, status: 415},
		{name: "another charset", path: "a/add", body: `{}`, header: []string{"Content-Type", "application/json; charset=latin1"}, status: 415},
		{name: "nonsense", path: "a/add", body: `{}`, header: []string{"Content-Type", ";;;"}, status: 415},
		{name: "two types", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Content-Type", formType}, status: 415},
		{name: "gzip", path: "a/add", body: `{}`, header: []string{"Content-Type", jsonType, "Content-Encoding", "gzip"}, status: 415},

		// Ids in the address.
		{name: "letters of any script", path: "l%C3%A4ufer-1_2.3~4/add", body: `{"text":"x"}`, status: 202},
		{name: "vowel signs", path: "%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80/add", body: `{"text":"x"}`, status: 202},
		{name: "vowelled Arabic", path: "%D9%83%D9%90%D8%AA%D9%8E%D8%A7%D8%A8/add", body: `{"text":"x"}`, status: 202},
		{name: "decomposed", path: "u%CC%88/add", body: `{"text":"x"}`, status: 202},
		{name: "a mark in front", path: "%CC%88u/add", body: `{"text":"x"}`, status: 400},
		{name: "parent", path: "%2e%2e%2f/add", body: `{"text":"x"}`, status: 400, want: `"code":"malformed"`},
		{name: "slash", path: "a%2fb/add", body: `{"text":"x"}`, status: 400},
		{name: "backslash", path: "a%5cb/add", body: `{"text":"x"}`, status: 400},
		{name: "NUL", path: "a%00/add", body: `{"text":"x"}`, status: 400},
		{name: "newline", path: "a%0a/add", body: `{"text":"x"}`, status: 400},
		{name: "space", path: "a%20b/add", body: `{"text":"x"}`, status: 400},
		{name: "broken UTF-8 in the id", path: "a%ff/add", body: `{"text":"x"}`, status: 400},
		{name: "right to left", path: "a%E2%80%AEb/add", body: `{"text":"x"}`, status: 400},
		{name: "quote", path: "a%22b/add", body: `{"text":"x"}`, status: 400},
		{name: "128 bytes", path: strings.Repeat("i", 128) + "/add", body: `{"text":"x"}`, status: 202},
		{name: "129 bytes", path: strings.Repeat("i", 129) + "/add", body: `{"text":"x"}`, status: 400},
		{name: "empty id", path: "/add", body: `{"text":"x"}`, status: 404},
		{name: "no id", path: "add", body: `{"text":"x"}`, status: 404, want: `"code":"not_found"`},
		{name: "unknown aggregate", path: "../others/a/add", body: `{}`, status: 404},
		{name: "too many parts", path: "a/add/more", body: `{}`, status: 404},

		// Idempotency-Key.
		{name: "empty key", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", ""}, status: 400, want: "Idempotency-Key"},
		{name: "key of 128", path: "a/add", body: `{"text":"k"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", strings.Repeat("k", 128)}, status: 202},
		{name: "key of 129", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", strings.Repeat("k", 129)}, status: 400},
		{name: "key with a space", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", "a b"}, status: 400},
		{name: "key beyond ASCII", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", "ä"}, status: 400},
		{name: "two keys", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Idempotency-Key", "a", "Idempotency-Key", "a"}, status: 400},

		// Other origins.
		{name: "another site", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Sec-Fetch-Site", "cross-site"}, status: 403, want: `"code":"cross_origin"`},
		{name: "another origin", path: "a/add", body: `{"text":"x"}`, header: []string{"Content-Type", jsonType, "Origin", "https://evil.example"}, status: 403},
		{name: "same origin", path: "a/add", body: `{"text":"z"}`, header: []string{"Content-Type", jsonType, "Sec-Fetch-Site", "same-origin"}, status: 202},
		{name: "override", path: "a/add", method: "GET", header: []string{"X-Http-Method-Override", "POST"}, status: 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a.in(t)
			if c.method == "" {
				c.method = "POST"
			}
			if c.header == nil {
				c.header = []string{"Content-Type", jsonType}
			}
			r := a.request(c.method, "/test/notes/"+c.path, c.body, c.header...)
			if r.Header.Get("Content-Type") == "" {
				r.Header.Del("Content-Type")
			}
			resp, body := a.do(r)
			want := strings.TrimPrefix(c.want, "=")
			if resp.StatusCode != c.status || !strings.Contains(body, want) {
				t.Errorf("got %d %s\nwant %d with %s", resp.StatusCode, body, c.status, c.want)
			}
			checkAnswer(t, a, resp, body)
		})
	}
}

// checkAnswer checks what holds for every answer to a command.
func checkAnswer(t *testing.T, a *app, resp *http.Response, body string) {
	t.Helper()
	switch kind := resp.Header.Get("Content-Type"); {
	case resp.StatusCode == http.StatusAccepted:
		if !regexp.MustCompile(`^\d+$`).MatchString(resp.Header.Get("Ironstar-Position")) {
			t.Errorf("no position in %v", resp.Header)
		}
	case resp.StatusCode >= 400:
		var p live.Problem
		if err := json.Unmarshal([]byte(body), &p); err != nil || kind != "application/problem+json" || p.Status != resp.StatusCode || p.Title == "" || p.Code == "" || p.Detail == "" {
			t.Errorf("no problem: %s %s (%v)", kind, body, err)
		}
		if (resp.StatusCode == 405) != (resp.Header.Get("Allow") != "") {
			t.Errorf("Allow is %q", resp.Header.Get("Allow"))
		}
		if (p.ID != "") != (resp.StatusCode == 500) || !strings.Contains(a.log.String(), p.ID) {
			t.Errorf("id %q with status %d; the log: %s", p.ID, resp.StatusCode, a.log)
		}
	}
	if strings.Contains(body, "secret") {
		t.Errorf("internals in the answer: %s", body)
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if resp.Header.Get(name) == "" {
			t.Errorf("%s is missing", name)
		}
	}
}

// TestAnswersToDatastar: what a person can act on is sent as signals with 200,
// and errors that no longer hold are cleared.
func TestAnswersToDatastar(t *testing.T) {
	a := start(t, appOptions{})
	for i := range maxNotes {
		a.add("full", fmt.Sprint("note ", i))
	}
	patchAs := func(signal, errors string) string {
		return "event: datastar-patch-signals\ndata: signals {\"" + signal + "\":" + errors + "}\n\n"
	}
	patch := func(errors string) string { return patchAs("_errors", errors) }
	for _, c := range []struct {
		name, path, query, body, kind string
		status                        int
		want                          string
	}{
		{name: "done", path: "a/add", body: `{"text":"x","other":null,"busy":true}`, status: 202, want: ""},
		{name: "the query string comes first", path: "a/add", query: "?text=from+the+query", body: `{"text":""}`, status: 202},
		{name: "no errors to clear", path: "a/add", body: `{"text":"y","_errors":{"text":"","_form":null}}`, status: 202},
		{name: "errors to clear", path: "a/add", body: `{"text":"z","_errors":{"text":"too long","other":"x"}}`, status: 200, want: patch(`{"other":"","text":""}`)},
		{name: "invalid", path: "a/add", body: `{"text":"","count":101}`, status: 200, want: patch(`{"count":"At most 100, not 101.","text":"Please fill this in."}`)},
		{name: "another error than before", path: "a/add", body: `{"text":"a","count":101,"_errors":{"text":"old"}}`, status: 200, want: patch(`{"count":"At most 100, not 101.","text":""}`)},
		{name: "a field that the page does not know", path: "a/add", body: `{"text":"","count":101,"_errors":{"text":"","_form":""}}`, status: 200,
			want: patch(`{"_form":"count: At most 100, not 101.","text":"Please fill this in."}`)},
		{name: "the page has no _form either", path: "a/add", body: `{"text":"a","count":101,"_errors":{"text":""}}`, status: 200, want: patch(`{"count":"At most 100, not 101."}`)},
		{name: "refused", path: "full/add", body: `{"text":"x"}`, status: 200, want: patch(`{"text":"the list is full (50)"}`)},
		{name: "refused, no field", path: "none/clear", body: `{}`, status: 200, want: patch(`{"_form":"there is nothing to clear"}`)},
		{name: "hostile error names", path: "a/add", body: `{"text":"h","_errors":{"\n\ndata: x":"1","__proto__":"2","a.b":"3","text":"4"}}`, status: 200, want: patch(`{"text":""}`)},
		{name: "errors of another shape", path: "a/add", body: `{"text":"i","_errors":[1]}`, status: 202},
		{name: "a signal of the application with a similar name", path: "a/add", body: `{"text":"","errors":{"text":"x"}}`, status: 200, want: patch(`{"text":"Please fill this in."}`)},
		{name: "new and old error signals", path: "a/add", body: `{"text":"","errors":{"form":""},"_errors":{"text":""}}`, status: 200, want: patch(`{"text":"Please fill this in."}`)},
		{name: "a page from before the underscores", path: "full/add", body: `{"text":"x","errors":{"text":"old","form":""}}`, status: 200, want: patchAs("errors", `{"text":"the list is full (50)"}`)},
		{name: "an old page: error without a field", path: "none/clear", body: `{"errors":{"text":"old","form":""}}`, status: 200, want: patchAs("errors", `{"form":"there is nothing to clear","text":""}`)},
		{name: "an old page: errors to clear", path: "a/add", body: `{"text":"old","errors":{"text":"old","form":"x"}}`, status: 200, want: patchAs("errors", `{"form":"","text":""}`)},
		{name: "form", path: "a/add", kind: formType, body: "text=j", status: 200, want: patch(`{"_form":"","count":"","text":""}`)},
		{name: "invalid form", path: "a/add", kind: formType, body: "text=", status: 200, want: patch(`{"_form":"","count":"","text":"Please fill this in."}`)},
		{name: "malformed", path: "a/add", body: `{"text"`, status: 400, want: `"malformed"`},
		{name: "unknown command", path: "a/none", body: `{}`, status: 404, want: `"unknown_command"`},
		{name: "panic", path: "a/explode", body: `{}`, status: 500, want: `"id":"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a.in(t)
			if c.kind == "" {
				c.kind = jsonType
			}
			resp, body := a.do(a.request("POST", "/test/notes/"+c.path+c.query, c.body, "Content-Type", c.kind, "Datastar-Request", "true"))
			if resp.StatusCode != c.status || c.status < 400 && body != c.want || !strings.Contains(body, c.want) {
				t.Errorf("got %d %q\nwant %d %q", resp.StatusCode, body, c.status, c.want)
			}
			if resp.StatusCode == 200 && resp.Header.Get("Content-Type") != "text/event-stream" {
				t.Errorf("type %s", resp.Header.Get("Content-Type"))
			}
			checkAnswer(t, a, resp, body)
		})
	}
	if _, page := a.open("/test/board/a"); !strings.Contains(page, "<li>from the query</li>") {
		t.Errorf("not there: %s", page)
	}
}

func TestAnswersToForms(t *testing.T) {
	a := start(t, appOptions{})
	for _, c := range []struct {
		name, body, referer, accept string
		status                      int
		to, want                    string
	}{
		{name: "back to where it came from", body: "text=a", referer: "/test/board/a?show=short", status: 303, to: "/test/board/a?_after=1&show=short"},
		{name: "to where it asks", body: "text=b&_return=/test/board/b%3F_after%3D1%23end", referer: "/x", status: 303, to: "/test/board/b?_after=2#end"},
		{name: "no page", body: "text=c", status: 303, to: "/?_after=3"},
		{name: "elsewhere", body: "text=d&_return=https://evil.example/", status: 303, to: "/?_after=4"},
		{name: "from elsewhere", body: "text=e", referer: "https://evil.example/x", status: 303, to: "/?_after=5"},
		{name: "invalid, to a browser", body: "text=&_return=/test/board/a", accept: "text/html,*/*", status: 422, want: `<li><strong>Text:</strong> Please fill this in.</li>`},
		{name: "invalid, to a program", body: "text=", accept: "*/*", status: 422, want: `"field":"text"`},
		{name: "bad escape", body: "text=%zz", status: 400, want: "malformed"},
		{name: "semicolon", body: "text=a;b=c", status: 400, want: "malformed"},
		{name: "twice", body: "text=a&text=b", status: 422, want: "Please enter this only once."},
		{name: "number", body: "text=n&count=abc", status: 422, want: "Please enter a whole number."},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a.in(t)
			r := a.request("POST", "/test/notes/a/add", c.body, "Content-Type", formType, "Accept", c.accept)
			if strings.HasPrefix(c.referer, "/") {
				c.referer = a.url + c.referer
			}
			r.Header.Set("Referer", c.referer)
			resp, body := a.do(r)
			if resp.StatusCode != c.status || resp.Header.Get("Location") != c.to || !strings.Contains(body, c.want) {
				t.Errorf("got %d to %q: %s\nwant %d to %q with %s", resp.StatusCode, resp.Header.Get("Location"), body, c.status, c.to, c.want)
			}
		})
	}
	resp, page := a.do(a.request("GET", "/test/board/a?_after=5", ""))
	if resp.StatusCode != 200 || !strings.Contains(page, "<li>e</li>") {
		t.Errorf("the page: %d %s", resp.StatusCode, page)
	}
}

func TestMultipartForms(t *testing.T) {
	a := start(t, appOptions{live: live.Options{MaxBody: 10_000}})
	form := func(fill func(*multipart.Writer)) (string, string) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		fill(m)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		return b.String(), m.FormDataContentType()
	}
	plain, plainType := form(func(m *multipart.Writer) { _ = m.WriteField("text", "a b") })
	file, fileType := form(func(m *multipart.Writer) { w, _ := m.CreateFormFile("text", "x.txt"); _, _ = io.WriteString(w, "a") })
	big, bigType := form(func(m *multipart.Writer) { _ = m.WriteField("text", strings.Repeat("x", 20_000)) })
	for _, c := range []struct {
		name, body, kind string
		status           int
	}{
		{"fields", plain, plainType, 303},
		{"a file", file, fileType, 400},
		{"too large", big, bigType, 413},
		{"cut off", plain[:len(plain)-10], plainType, 400},
		{"no boundary", plain, "multipart/form-data", 400},
		{"another boundary", plain, "multipart/form-data; boundary=x", 400},
		{"nothing", "", plainType, 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := a.in(t)
			if resp, body := a.do(a.request("POST", "/test/notes/m/add", c.body, "Content-Type", c.kind)); resp.StatusCode != c.status {
				t.Errorf("got %d %s, want %d", resp.StatusCode, body, c.status)
			}
		})
	}
}

// FuzzCommand: the answer to any command is one of those in the package
// comment. It is a 500 only if the command panics.
func FuzzCommand(f *testing.F) {
	a := start(f, appOptions{})
	f.Add("add", jsonType, `{"text":"a"}`, "", true, "")
	f.Add("add", formType, `text=a&_return=/x`, "key", false, "text=b")
	f.Add("clear", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=text\r\n\r\na\r\n--x--", "", false, "")
	f.Fuzz(func(t *testing.T, name, kind, body, key string, datastar bool, query string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.URL = &url.URL{Path: "/test/notes/fuzz/" + name, RawQuery: query}
		r.Header = http.Header{"Content-Type": {kind}, "Idempotency-Key": {key}}
		if datastar {
			r.Header.Set("Datastar-Request", "true")
		}
		w := httptest.NewRecorder()
		a.live.ServeHTTP(w, r)
		switch w.Code {
		case 200, 202, 303, 307, 400, 404, 409, 413, 415, 422:
		default:
			if w.Code != 500 || name != "explode" {
				t.Errorf("answer %d %s; log: %s", w.Code, w.Body, a.log)
			}
		}
	})
}

// TestBrokenBodies: a client that leaves in the middle of a body, or sends less
// than it announces, stores nothing.
func TestBrokenBodies(t *testing.T) {
	a := start(t, appOptions{})
	for _, raw := range []string{
		"POST /test/notes/cut/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"text\":\"cut\"}",
		"POST /test/notes/cut/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"text\":\"cut\"}\r\n",
		"POST /test/notes/cut/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{\"text\":\"cut\"}\r\n0\r\n\r\n",
	} {
		c, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(c, raw); err != nil {
			t.Fatal(err)
		}
		if err := c.(*net.TCPConn).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(c)
		if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
			t.Errorf("answer to %q: %q (%v)", raw, answer, err)
		}
		_ = c.Close()
	}
	if n := head(t, a); n != 0 {
		t.Errorf("%d events are stored", n)
	}
}

// TestSlowBodies: a body that does not arrive in time is answered with 408.
func TestSlowBodies(t *testing.T) {
	a := start(t, appOptions{live: live.Options{ReadTimeout: 50 * time.Millisecond}})
	c, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "POST /test/notes/a/add HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 408 ") {
		t.Errorf("got %q (%v)", answer, err)
	}
}

func head(t *testing.T, a *app) ironstar.Position {
	t.Helper()
	at, err := a.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return at
}
