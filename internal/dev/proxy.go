package dev

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"mime"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Addresses of this package. They are below a prefix that no application has.
const (
	prefix      = "/_ironstar/"
	scriptPath  = prefix + "dev.js"
	statePath   = prefix + "state"
	nowPath     = prefix + "now"
	visiblePath = prefix + "visible"
)

// layoutHeader has the layout of a document, so that a page finds out whether it
// must be loaded again.
const layoutHeader = "Ironstar-Layout"

// runHeader names the process and its project, for another one that wants the address.
const runHeader = "Ironstar-Dev"

const (
	maxDocument = 64 << 20         // bytes of a document that gets the script
	patience    = 20 * time.Second // how long a request waits for a server
)

// proxy passes requests on to the child.
type proxy struct {
	*supervisor
	target  *url.URL // the child's address, which all children share
	forward *httputil.ReverseProxy
	hosts   []string
}

// newProxy returns the handler of the address of browsers. target is the address of
// the child.
func (s *supervisor) newProxy(target string) http.Handler {
	p := &proxy{supervisor: s, target: &url.URL{Scheme: "http", Host: target}, hosts: hostsOf(s.Addr)}
	p.forward = &httputil.ReverseProxy{
		Rewrite: p.rewrite, ModifyResponse: p.modify, ErrorHandler: p.failed,
		Transport: &patientTransport{p.ready, &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}},
		ErrorLog:  log.New(io.Discard, "", 0), // failed shows what people must know
	}
	own := http.NewServeMux()
	own.HandleFunc("GET "+scriptPath, p.serveScript)
	own.HandleFunc("GET "+statePath, p.serveState)
	own.HandleFunc("GET "+nowPath, p.serveNow)
	own.HandleFunc("POST "+visiblePath, p.serveVisible)
	own.HandleFunc("GET "+staticPrefix+"{name}", p.serveAsset)
	own.HandleFunc("/", p.serveChild)
	guarded := http.NewCrossOriginProtection().Handler(own)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.isOurs(r.Host) {
			http.Error(w, fmt.Sprintf("ironstar dev serves this machine only, as %s", strings.Join(p.hosts, ", ")), http.StatusForbidden)
			return
		}
		if strings.HasPrefix(r.URL.Path, prefix) {
			guarded.ServeHTTP(w, r)
			return
		}
		own.ServeHTTP(w, r) // the child has its own protection
	})
}

// hostsOf returns the names by which this machine reaches an address.
func hostsOf(addr string) []string {
	host, port, _ := net.SplitHostPort(addr) // of a listener
	all := []string{net.JoinHostPort("localhost", port), net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}
	if own := net.JoinHostPort(host, port); own != all[1] && own != all[2] {
		all = append(all, own)
	}
	if port == "80" { // browsers leave it out
		all = append(all, "localhost", "127.0.0.1", "[::1]")
	}
	return all
}

func (p *proxy) isOurs(host string) bool {
	for _, h := range p.hosts {
		if strings.EqualFold(h, host) {
			return true
		}
	}
	return false
}

// rewrite sends a request to the child. Documents are asked for uncompressed.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	r.SetURL(p.target)
	r.Out.Host = r.In.Host
	if wantsDocument(r.In) {
		r.Out.Header.Set("Accept-Encoding", "identity")
		r.Out.Header.Del("If-None-Match") // what the browser has may have another script
		r.Out.Header.Del("If-Modified-Since")
		return
	}
	// The script of this package decides when a page is loaded again.
	if query := r.Out.URL.Query(); query.Has("page-version") && strings.HasSuffix(r.Out.URL.Path, "/feed") {
		query.Del("page-version")
		r.Out.URL.RawQuery = query.Encode()
	}
}

// wantsDocument reports whether a browser loads a page. Scripts that ask for parts of
// pages begin with something else, or do not say what they accept.
func wantsDocument(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "text/html")
}

// modify adds the script to documents.
func (p *proxy) modify(res *http.Response) error {
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind != "text/html" || res.Header.Get("Content-Encoding") != "" || !wantsDocument(res.Request) || res.Request.Method == http.MethodHead {
		return nil
	}
	now := p.board.get()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxDocument))
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	if len(text) == maxDocument {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(text), res.Body), res.Body}
		return nil
	}
	d := inject(text, p.assets(), now.scriptTag)
	res.Body.Close()
	res.Body = io.NopCloser(bytes.NewReader(d.html))
	res.ContentLength = int64(len(d.html))
	res.Header.Set("Content-Length", strconv.Itoa(len(d.html)))
	res.Header.Set(layoutHeader, d.layout)
	return nil
}

// serveChild passes a request on. While there is no server, a document is answered
// with a page of this package, and other requests wait.
func (p *proxy) serveChild(w http.ResponseWriter, r *http.Request) {
	if !p.isServing() && wantsDocument(r) {
		p.servePlaceholder(w)
		return
	}
	p.forward.ServeHTTP(w, r)
}

// failed answers for a child that does not.
func (p *proxy) failed(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case r.Context().Err() != nil:
	case wantsDocument(r):
		p.servePlaceholder(w)
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, fmt.Sprintf("the server does not answer: %v", err), http.StatusServiceUnavailable)
	}
}

// placeholder stands where a page will be. The script shows the problems.
const placeholder = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>ironstar dev</title></head>
<body><p>The application does not run yet. This page becomes the application as soon as it does.</p></body>
</html>
`

func (p *proxy) servePlaceholder(w http.ResponseWriter) {
	d := inject([]byte(placeholder), nil, p.board.get().scriptTag)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(d.html) // the client may have left
}

// serveAsset serves what the last build of assets wrote, which may be newer than
// what the child has.
func (p *proxy) serveAsset(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if fs.ValidPath(name) && built.FindString(staticPrefix+name) == staticPrefix+name {
		text, err := os.ReadFile(filepath.Join(p.Root, "static", "dist", name))
		if err == nil {
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = w.Write(text) // the client may have left
			return
		}
	}
	p.serveChild(w, r)
}

func (p *proxy) serveScript(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(p.script) // the client may have left
}

// serveState sends the state, and again after each change.
func (p *proxy) serveState(w http.ResponseWriter, r *http.Request) {
	changed, stop := p.board.follow()
	defer stop()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	c := http.NewResponseController(w)
	for {
		if _, err := fmt.Fprintf(w, "data: %s\n\n", p.board.get().json()); err != nil || c.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-time.After(15 * time.Second): // a dead connection is found
		case <-r.Context().Done():
			return
		case <-p.ending:
			return
		}
	}
}

// serveNow sends the present state.
func (p *proxy) serveNow(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set(runHeader, fmt.Sprintf("as process %d in %s", os.Getpid(), strconv.QuoteToASCII(p.Root)))
	_, _ = w.Write(p.board.get().json()) // the client may have left
}

// serveVisible hears that a change is on a page.
func (p *proxy) serveVisible(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.URL.Query().Get("change"))
	if err != nil {
		http.Error(w, "change is a number", http.StatusBadRequest)
		return
	}
	p.visible(n, r.URL.Query().Has("hidden"))
	w.WriteHeader(http.StatusNoContent)
}

// patientTransport sends a request again while the server is being replaced. A
// request that no server has seen can always be sent again, and GET too.
type patientTransport struct {
	ready func(context.Context) error // waits for a server
	next  http.RoundTripper
}

// RoundTrip sends a request.
func (t *patientTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, stop := context.WithTimeout(r.Context(), patience)
	defer stop() // only waiting ends with it
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(r.Body) // for another try; the server closes it
	}
	for {
		if err := t.ready(ctx); err != nil {
			return nil, err
		}
		res, err := t.next.RoundTrip(r)
		if err == nil || !isRepeatable(r, err) {
			return res, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func isRepeatable(r *http.Request, err error) bool {
	var failed *net.OpError
	if errors.As(err, &failed) && failed.Op == "dial" {
		return true
	}
	idle := r.Body == nil || r.Body == http.NoBody
	return idle && r.Method == http.MethodGet && (errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET))
}
