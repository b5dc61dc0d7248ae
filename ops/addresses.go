package ops

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// addresses are those by which people reach a server.
type addresses struct {
	hosts   []string // as live.Options.Hosts: nil means that all are accepted
	origins []string // "https://todo.example"
	secure  bool     // they are https
}

// addresses returns the addresses that the flags describe. The error says which
// flag is wrong and what is right.
func (f Flags) addresses() (addresses, error) {
	a := addresses{secure: f.Secure}
	var named []string
	for _, text := range f.Host {
		host, err := hostOf(text)
		if err != nil {
			return a, fmt.Errorf("--host %q: %w", text, err)
		}
		named = append(named, host)
	}
	plain := ""
	for _, text := range f.Origin {
		o, err := originOf(text)
		if err != nil {
			return a, fmt.Errorf("--origin %q: %w", text, err)
		}
		a.origins = append(a.origins, o.String())
		named = append(named, o.hosts()...)
		if o.scheme == "https" {
			a.secure = true
		} else {
			plain = o.String()
		}
	}
	if a.secure && plain != "" {
		return a, fmt.Errorf("--origin %s: the server has --secure or an origin with https, and browsers do not send its cookies by http; use https for all", plain)
	}
	switch {
	case named != nil:
		a.hosts = append(localHosts(f.Addr), named...)
	case !f.Secure: // otherwise the proxy in front checks the names
		a.hosts = Hosts(f.Addr)
	}
	return a, nil
}

// Hosts returns the names by which a server on a loopback address is reached.
// For any other address, and for port 0, it returns nil, because the names are
// not known.
func Hosts(addr string) []string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || port == "0" || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil
	}
	return localHosts(addr)
}

// localHosts returns the names by which a server is reached from its own
// machine, and the name that it listens on.
func localHosts(addr string) []string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil // the server cannot listen there and says so
	}
	if port == "0" {
		port = "*" // the system chooses one
	}
	var names []string
	for _, name := range []string{strings.ToLower(host), "localhost", "127.0.0.1", "::1"} {
		if ip, err := netip.ParseAddr(name); name == "" || err == nil && ip.IsUnspecified() {
			continue
		}
		names = append(names, net.JoinHostPort(name, port))
		if port == "80" { // browsers leave it out
			names = append(names, strings.TrimSuffix(net.JoinHostPort(name, port), ":80"))
		}
	}
	return names
}

// hostOf reads the value of --host. A name without a port is allowed with any
// port.
func hostOf(text string) (string, error) {
	if strings.Contains(text, "://") {
		return "", errors.New("this is a whole address: give it to --origin, or only the name in it to --host")
	}
	name, port, err := net.SplitHostPort(text)
	if err != nil {
		name, port = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), "*"
	} else if err := checkPort(port); err != nil {
		return "", err
	}
	if err := checkHostName(name); err != nil {
		return "", err
	}
	return net.JoinHostPort(strings.ToLower(name), port), nil
}

// origin is an address without a path.
type origin struct {
	scheme, name, port string // port is "" if it is that of the scheme
}

// originOf reads the value of --origin.
func originOf(text string) (o origin, err error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return o, errors.New("write it as https://todo.example, or with http")
	}
	if u.Path != "" && u.Path != "/" {
		return o, fmt.Errorf("a server is not reached below a path such as %s: give it a host name of its own", u.Path)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return o, errors.New("write only the scheme, the name and the port: https://todo.example:8443")
	}
	o = origin{u.Scheme, strings.ToLower(u.Hostname()), u.Port()}
	if o.port == "" && strings.HasSuffix(u.Host, ":") {
		return o, errors.New("the port is missing after the colon")
	}
	if o.port == o.schemePort() {
		o.port = "" // browsers leave it out
	}
	if o.port != "" {
		if err := checkPort(o.port); err != nil {
			return o, err
		}
	}
	return o, checkHostName(o.name)
}

func (o origin) schemePort() string {
	if o.scheme == "https" {
		return "443"
	}
	return "80"
}

// host returns the name and the port as they are in a Host header.
func (o origin) host(port string) string {
	host := net.JoinHostPort(o.name, port)
	if port == "" {
		host = strings.TrimSuffix(host, ":")
	}
	return host
}

// hosts are the Host headers of requests to the origin. Some proxies write the
// port that browsers leave out.
func (o origin) hosts() []string {
	if o.port != "" {
		return []string{o.host(o.port)}
	}
	return []string{o.host(""), o.host(o.schemePort())}
}

// String returns the origin as browsers write it in an Origin header.
func (o origin) String() string { return o.scheme + "://" + o.host(o.port) }

func checkPort(port string) error {
	if n, err := net.LookupPort("tcp", port); err != nil || n == 0 || strings.Trim(port, "0123456789") != "" {
		return fmt.Errorf("%q is not a port: a port is a number from 1 to 65535", port)
	}
	return nil
}

// checkHostName accepts IP addresses, and names as they are in Host headers.
func checkHostName(name string) error {
	if _, err := netip.ParseAddr(name); err == nil {
		return nil
	}
	if name == "" {
		return errors.New("the name is missing")
	}
	for _, r := range strings.ToLower(name) {
		switch {
		case r > 127:
			return errors.New("write the name as browsers send it: in letters of ASCII, beginning with xn--")
		case r == '*':
			return errors.New("write out each name: * does not stand for others")
		case (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' && r != '_':
			return fmt.Errorf("the name must not have %q", r)
		}
	}
	if strings.Contains("."+name+".", "..") {
		return errors.New("the name must not begin or end with a dot, or have two in a row")
	}
	return nil
}
