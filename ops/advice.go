package ops

import (
	"fmt"
	"net/http"
	"strings"
)

// advice says which flag allows a request that the server refused for its Host
// header or its origin. What it repeats of the request are names that the flag
// would take.
func (a addresses) advice(r *http.Request, code string) string {
	if code == "wrong_host" {
		return a.hostAdvice(r.Host)
	}
	text := r.Header.Get("Origin")
	switch o, err := originOf(text); {
	case text == "null":
		return "the page is a file or in a sandboxed frame, and has no origin that could be allowed; open it by the address of this server"
	case err != nil:
		return "if people reach this server by another address, start it with that address: --origin https://NAME"
	default:
		return fmt.Sprintf("if people reach this server as %[1]s, start it with --origin %[1]s", o)
	}
}

func (a addresses) hostAdvice(header string) string {
	known := "it is reached as " + strings.Join(a.names(), ", ")
	host, err := hostOf(header)
	if err != nil {
		return known + "; allow other names with --host NAME, or with --origin https://NAME"
	}
	name := strings.TrimSuffix(host, ":*")
	return fmt.Sprintf("%s; if people reach it as %s, start it with --host %[2]s, or, if they use https, with --origin https://%[2]s", known, name)
}

// names are the hosts for people, each once.
func (a addresses) names() []string {
	var names []string
	seen := map[string]bool{}
	for _, host := range a.hosts {
		if name := strings.TrimSuffix(host, ":*"); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
