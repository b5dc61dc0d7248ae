package ops

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	const local = "localhost:8080 127.0.0.1:8080 [::1]:8080"
	for _, test := range []struct {
		name    string
		flags   Flags
		hosts   string
		origins string
		secure  bool
	}{
		{"development", Flags{Addr: "127.0.0.1:8080"}, "127.0.0.1:8080 " + local, "", false},
		{"all addresses", Flags{Addr: ":8080"}, "", "", false},
		{"behind a proxy that checks names", Flags{Addr: "127.0.0.1:8080", Secure: true}, "", "", true},
		{"a name", Flags{Addr: ":8080", Host: []string{"Todo.Example"}}, local + " todo.example:*", "", false},
		{"a name with a port", Flags{Addr: "0.0.0.0:8080", Host: []string{"todo.example:81"}}, local + " todo.example:81", "", false},
		{"IP addresses", Flags{Addr: "[::]:8080", Host: []string{"192.0.2.1", "2001:db8::1", "[2001:db8::2]", "[2001:db8::3]:81"}},
			local + " 192.0.2.1:* [2001:db8::1]:* [2001:db8::2]:* [2001:db8::3]:81", "", false},
		{"the name that it listens on", Flags{Addr: "192.0.2.1:8080", Host: []string{"a", "b"}}, "192.0.2.1:8080 " + local + " a:* b:*", "", false},
		{"any free port", Flags{Addr: "127.0.0.1:0", Host: []string{"a"}}, "127.0.0.1:* localhost:* 127.0.0.1:* [::1]:* a:*", "", false},
		{"secure, and a name", Flags{Addr: ":8080", Secure: true, Host: []string{"a"}}, local + " a:*", "", true},
		{"https", Flags{Addr: ":8080", Origin: []string{"https://Todo.example/"}}, local + " todo.example todo.example:443", "https://todo.example", true},
		{"https on a port", Flags{Addr: ":8080", Origin: []string{"https://todo.example:8443"}}, local + " todo.example:8443", "https://todo.example:8443", true},
		{"its own port", Flags{Addr: ":8080", Origin: []string{"https://a:443", "https://b:80"}}, local + " a a:443 b:80", "https://a https://b:80", true},
		{"http", Flags{Addr: ":8080", Origin: []string{"http://todo.example", "http://[::1]:81"}}, local + " todo.example todo.example:80 [::1]:81",
			"http://todo.example http://[::1]:81", false},
	} {
		a, err := test.flags.addresses()
		if err != nil || strings.Join(a.hosts, " ") != test.hosts || strings.Join(a.origins, " ") != test.origins || a.secure != test.secure {
			t.Errorf("%s: got %q %q %t, %v; want %q %q %t", test.name, a.hosts, a.origins, a.secure, err, test.hosts, test.origins, test.secure)
		}
	}
}

func TestWrongAddressesAreExplained(t *testing.T) {
	for _, test := range []struct {
		flags Flags
		want  string
	}{
		{Flags{Host: []string{"https://a"}}, `--host "https://a": this is a whole address: give it to --origin`},
		{Flags{Host: []string{""}}, `--host "": the name is missing`},
		{Flags{Host: []string{":80"}}, "the name is missing"},
		{Flags{Host: []string{"a:"}}, `"" is not a port`},
		{Flags{Host: []string{"a:http"}}, `"http" is not a port`},
		{Flags{Host: []string{"a:0"}}, `"0" is not a port`},
		{Flags{Host: []string{"a:65536"}}, `"65536" is not a port`},
		{Flags{Host: []string{"*.example"}}, "write out each name"},
		{Flags{Host: []string{"größe.example"}}, "beginning with xn--"},
		{Flags{Host: []string{"a/b"}}, "must not have '/'"},
		{Flags{Host: []string{"a b"}}, "must not have ' '"},
		{Flags{Host: []string{"a."}}, "must not begin or end with a dot"},
		{Flags{Origin: []string{"todo.example"}}, `--origin "todo.example": write it as https://todo.example`},
		{Flags{Origin: []string{"todo.example:80"}}, "write it as"},
		{Flags{Origin: []string{"ftp://a"}}, "write it as"},
		{Flags{Origin: []string{"https://"}}, "write it as"},
		{Flags{Origin: []string{"https://a/app"}}, "not reached below a path such as /app: give it a host name of its own"},
		{Flags{Origin: []string{"https://a?b"}}, "only the scheme, the name and the port"},
		{Flags{Origin: []string{"https://me@a"}}, "only the scheme, the name and the port"},
		{Flags{Origin: []string{"https://a:"}}, "the port is missing after the colon"},
		{Flags{Origin: []string{"https://a:99999"}}, `"99999" is not a port`},
		{Flags{Origin: []string{"https://ä"}}, "beginning with xn--"},
		{Flags{Origin: []string{"https://a", "http://b"}}, "--origin http://b: the server has --secure or an origin with https"},
		{Flags{Secure: true, Origin: []string{"http://b"}}, "use https for all"},
	} {
		if _, err := test.flags.addresses(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q %q: got %v, want %q", test.flags.Host, test.flags.Origin, err, test.want)
		}
	}
}

func TestAdvice(t *testing.T) {
	a, err := Flags{Addr: ":80", Host: []string{"a"}}.addresses()
	if err != nil {
		t.Fatal(err)
	}
	const known = "it is reached as localhost:80, localhost, 127.0.0.1:80, 127.0.0.1, [::1]:80, [::1], a; "
	for _, test := range []struct{ code, host, origin, want string }{
		{"wrong_host", "Todo.example", "", known + "if people reach it as todo.example, start it with --host todo.example, or, if they use https, with --origin https://todo.example"},
		{"wrong_host", "b:81", "", known + "if people reach it as b:81, start it with --host b:81, or, if they use https, with --origin https://b:81"},
		{"wrong_host", "", "", known + "allow other names with --host NAME, or with --origin https://NAME"},
		{"wrong_host", "<b>", "", known + "allow other names with --host NAME, or with --origin https://NAME"},
		{"cross_origin", "a", "https://todo.example", "if people reach this server as https://todo.example, start it with --origin https://todo.example"},
		{"cross_origin", "a", "null", "the page is a file or in a sandboxed frame, and has no origin that could be allowed; open it by the address of this server"},
		{"cross_origin", "a", "", "if people reach this server by another address, start it with that address: --origin https://NAME"},
		{"cross_origin", "a", "x", "if people reach this server by another address, start it with that address: --origin https://NAME"},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Host = test.host
		r.Header.Set("Origin", test.origin)
		if got := a.advice(r, test.code); got != test.want {
			t.Errorf("%s, host %q, origin %q: got %q, want %q", test.code, test.host, test.origin, got, test.want)
		}
	}
}
