package live_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"ironstar.dev/engine"
	"ironstar.dev/live"
)

func TestHosts(t *testing.T) {
	eng := engine.New(nil, engine.Options{})
	s, err := live.New(live.Options{Engine: eng, Hosts: []string{"localhost:8080", "127.0.0.1:8080"}})
	if err != nil {
		t.Fatal(err)
	}
	s.Handle("GET /{$}", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for host, want := range map[string]int{
		"localhost:8080": 200, "LOCALHOST:8080": 200, "127.0.0.1:8080": 200,
		"localhost": 421, "evil.example": 421, "evil.example:8080": 421, "": 421, "localhost:8080.evil.example": 421,
	} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		s.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("host %q answers %d, want %d", host, w.Code, want)
		}
	}
}
