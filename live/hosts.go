package live

import (
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	codeWrongHost   = "wrong_host"
	codeCrossOrigin = "cross_origin"
)

// anyPort at the end of a name in Options.Hosts allows every port and none.
const anyPort = ":*"

// reachedAs reports whether Options.Hosts allow the Host header of a request.
func (s *Server) reachedAs(host string) bool {
	if len(s.opts.Hosts) == 0 {
		return true
	}
	if host = strings.ToLower(host); strings.HasSuffix(host, anyPort) {
		return false // no browser sends it
	}
	return slices.Contains(s.opts.Hosts, host) || slices.Contains(s.opts.Hosts, withoutPort(host)+anyPort)
}

// withoutPort removes the port of a Host header. What is not a number stays: it
// would be part of another name.
func withoutPort(host string) string {
	colon := strings.LastIndexByte(host, ':')
	if colon < 0 || colon < strings.LastIndexByte(host, ']') {
		return host
	}
	if _, err := strconv.ParseUint(host[colon+1:], 10, 16); err != nil {
		return host
	}
	return host[:colon]
}

func wrongHost(r *http.Request) *Problem {
	return &Problem{Status: http.StatusMisdirectedRequest, Code: codeWrongHost,
		Detail: "this server is not reached by the name " + strconv.Quote(r.Host)}
}

func crossOrigin() *Problem {
	return &Problem{Status: http.StatusForbidden, Code: codeCrossOrigin,
		Detail: "this request was sent by a page of another origin, which may not change anything here"}
}

// addressLogInterval is the least time between two log entries about requests
// that were refused for the same reason: strangers send such requests, too.
const addressLogInterval = 10 * time.Second

// refuseAddress answers a request that was refused for its Host header or its
// origin. The advice is for the operator: it goes to the log, and into the
// answer only if the operator probably reads it.
func (s *Server) refuseAddress(w http.ResponseWriter, r *http.Request, p *Problem) {
	advice := s.opts.Advice(r, p.Code)
	logged := &s.addressLogged[0]
	if p.Code == codeCrossOrigin {
		logged = &s.addressLogged[1]
	}
	now := time.Now().UnixNano()
	if last := logged.Load(); now-last >= int64(addressLogInterval) && logged.CompareAndSwap(last, now) {
		s.opts.Logger.WarnContext(r.Context(), "a request is refused: "+p.Detail, "host", r.Host, "origin", r.Header.Get("Origin"),
			"method", r.Method, "path", r.URL.Path, "remote", r.RemoteAddr, "advice", advice)
	}
	if s.opts.Insecure && advice != "" && fromThisMachine(r) {
		p.Detail += "; " + advice
	}
	s.problem(w, r, p)
}

// fromThisMachine reports whether a request comes from a program on this machine
// that does not pass it on for others.
func fromThisMachine(r *http.Request) bool {
	if r.Header.Get("X-Forwarded-For") != "" || r.Header.Get("Forwarded") != "" {
		return false
	}
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && remote.Addr().Unmap().IsLoopback()
}

// optionAdvice is the default of Options.Advice.
func optionAdvice(r *http.Request, code string) string {
	if code == codeWrongHost {
		return "if people reach it by that name, add the name to live.Options.Hosts"
	}
	return "if that page belongs to this application, add its origin, " + strconv.Quote(r.Header.Get("Origin")) + ", to live.Options.TrustedOrigins"
}
