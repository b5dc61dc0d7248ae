package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestHandler(t *testing.T) {
	for _, c := range []struct {
		name, signals string
		status        int
		want          string
	}{
		{"two events", `{"events":[{"type":"patchElements","elements":"<b>1</b>\n<b>2</b>"},{"type":"patchSignals","signals":{"a": {"b": null}}}]}`, 200,
			"event: datastar-patch-elements\ndata: elements <b>1</b>\ndata: elements <b>2</b>\n\nevent: datastar-patch-signals\ndata: signals {\"a\":{\"b\":null}}\n\n"},
		{"options", `{"events":[{"type":"patchElements","elements":"<b>","selector":"#x","mode":"inner","useViewTransition":true,"eventId":"e","retryDuration":5000}]}`, 200,
			"event: datastar-patch-elements\nretry: 5000\ndata: selector #x\ndata: mode inner\ndata: useViewTransition true\ndata: elements <b>\nid: e\n\n"},
		{"signals as text", `{"events":[{"type":"patchSignals","signals-raw":"{\n\"a\":1}","onlyIfMissing":true}]}`, 200,
			"event: datastar-patch-signals\ndata: onlyIfMissing true\ndata: signals {\ndata: signals \"a\":1}\n\n"},
		{"script", `{"events":[{"type":"executeScript","script":"f()","attributes":{"z":"1","a":true},"autoRemove":false}]}`, 200,
			"event: datastar-patch-elements\ndata: selector body\ndata: mode append\ndata: elements <script z=\"1\" a=\"true\">f()</script>\n\n"},
		{"script that goes", `{"events":[{"type":"executeScript","script":"f()"}]}`, 200,
			"event: datastar-patch-elements\ndata: selector body\ndata: mode append\ndata: elements <script data-effect=\"el.remove()\">f()</script>\n\n"},
		{"nothing", `{"events":[]}`, 200, ""},
		{"another type", `{"events":[{"type":"x"}]}`, 400, "event 0: unknown type \"x\"\n"},
		{"no signals", `{"events":[{"type":"patchSignals"}]}`, 400, "event 0: unexpected end of JSON input\n"},
		{"attributes of another kind", `{"events":[{"type":"executeScript","attributes":[]}]}`, 400, "event 0: attributes are an object, not []\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			post := httptest.NewRequest("POST", "/test", strings.NewReader(c.signals))
			post.Header.Set("Content-Type", "application/json")
			get := httptest.NewRequest("GET", "/test?"+url.Values{"datastar": {c.signals}}.Encode(), nil)
			for _, r := range []*http.Request{get, post} {
				w := httptest.NewRecorder()
				handler().ServeHTTP(w, r)
				if w.Code != c.status || w.Body.String() != c.want {
					t.Errorf("%s: got %d\n%s\nwant %d\n%s", r.Method, w.Code, w.Body, c.status, c.want)
				}
			}
		})
	}
	w := httptest.NewRecorder()
	handler().ServeHTTP(w, httptest.NewRequest("POST", "/test", strings.NewReader(`{"events":[{"script":"`+strings.Repeat("x", 2<<20)+`"}]}`)))
	if w.Code != http.StatusBadRequest {
		t.Errorf("a body without end: %d", w.Code)
	}
}
