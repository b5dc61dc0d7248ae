package live_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
	port := func(host string) int {
		s, err := live.New(live.Options{Engine: eng, Hosts: []string{"todo.example:*", "[2001:db8::1]:*"}})
		if err != nil {
			t.Fatal(err)
		}
		s.Handle("GET /{$}", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		s.ServeHTTP(w, r)
		return w.Code
	}
	for host, want := range map[string]int{
		"todo.example": 200, "Todo.Example:81": 200, "[2001:db8::1]": 200, "[2001:db8::1]:81": 200, "todo.example:*": 421,
		"todo.example:81.evil.example": 421, "todo.example:": 421, "todo.example:99999": 421, "x.todo.example": 421, "2001:db8::1": 421, "[2001:db8::2]": 421,
	} {
		if got := port(host); got != want {
			t.Errorf("with any port, host %q answers %d, want %d", host, got, want)
		}
	}
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

// TestAdvice: a request that is refused for its Host header or its origin is
// logged with what to set, now and then. The answer has it if it goes to a person
// who develops the application on this machine.
func TestAdvice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, test := range []struct {
			name     string
			options  live.Options
			remote   string
			header   http.Header
			answered bool
		}{
			{"development", live.Options{Insecure: true}, "127.0.0.1:999", nil, true},
			{"development, IPv6", live.Options{Insecure: true}, "[::1]:999", nil, true},
			{"another machine", live.Options{Insecure: true}, "192.0.2.1:999", nil, false},
			{"through a proxy", live.Options{Insecure: true}, "127.0.0.1:999", http.Header{"X-Forwarded-For": {"192.0.2.1"}}, false},
			{"through another proxy", live.Options{Insecure: true}, "127.0.0.1:999", http.Header{"Forwarded": {"for=192.0.2.1"}}, false},
			{"with https", live.Options{}, "127.0.0.1:999", nil, false},
		} {
			var log strings.Builder
			o := test.options
			o.Engine, o.Hosts, o.Logger = engine.New(nil, engine.Options{}), []string{"localhost"}, slog.New(slog.NewTextHandler(&log, nil))
			s, err := live.New(o)
			if err != nil {
				t.Fatal(err)
			}
			ask := func(host, origin string) string {
				r := httptest.NewRequest("POST", "/", nil)
				r.Host, r.RemoteAddr = host, test.remote
				for name, values := range test.header {
					r.Header[name] = values
				}
				r.Header.Set("Origin", origin)
				w := httptest.NewRecorder()
				s.ServeHTTP(w, r)
				return w.Body.String()
			}
			host := ask("todo.example", "")
			if got := strings.Contains(host, "add the name to live.Options.Hosts"); got != test.answered {
				t.Errorf("%s: the answer is %s", test.name, host)
			}
			cross := ask("localhost", "https://todo.example")
			if got := strings.Contains(cross, `add its origin, \"https://todo.example\", to live.Options.TrustedOrigins`); got != test.answered {
				t.Errorf("%s: the answer is %s", test.name, cross)
			}
			ask("todo.example", "")
			time.Sleep(10 * time.Second)
			ask("todo.example", "")
			for text, n := range map[string]int{"live.Options.Hosts": 2, "live.Options.TrustedOrigins": 1, "host=todo.example": 2, "origin=https://todo.example": 1} {
				if got := strings.Count(log.String(), text); got != n {
					t.Errorf("%s: %q is %d times in the log, want %d: %s", test.name, text, got, n, log.String())
				}
			}
		}
	})
}
