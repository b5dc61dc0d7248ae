package live

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
)

// contentPolicy is the content security policy. Datastar compiles the
// expressions in attributes, which needs 'unsafe-eval'; all else is strict.
func contentPolicy(nonce string) string {
	also := ""
	if nonce != "" {
		also = " 'nonce-" + nonce + "'"
	}
	return "default-src 'self'; script-src 'self' 'unsafe-eval'" + also + "; style-src 'self'" + also +
		"; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// withNonce allows inline elements that carry a fresh nonce in this answer.
func withNonce(w http.ResponseWriter, r *http.Request) context.Context {
	var raw [16]byte
	rand.Read(raw[:]) // never fails since Go 1.24
	nonce := base64.RawStdEncoding.EncodeToString(raw[:])
	w.Header().Set("Content-Security-Policy", contentPolicy(nonce))
	return templ.WithNonce(r.Context(), nonce)
}

var plainPolicy = contentPolicy("")

// guard is around everything: headers, deadlines, and the end of panics.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", plainPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// The path is sent to ourselves: plain forms go back to where they came from.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		seen := &witness{ResponseWriter: w}
		defer s.recover(seen, r)
		s.deadlines(seen)
		if len(s.opts.Hosts) > 0 && !slices.Contains(s.opts.Hosts, strings.ToLower(r.Host)) {
			s.problem(seen, r, &Problem{Status: http.StatusMisdirectedRequest, Code: "wrong_host",
				Detail: "this server is not reached by the name " + strconv.Quote(r.Host)})
			return
		}
		next.ServeHTTP(seen, r)
	})
}

// deadlines bounds how long a request and its answer may take to travel. Feeds
// set their own. Writers without deadlines, as in tests, have none.
func (s *Server) deadlines(w http.ResponseWriter) {
	now := time.Now()
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(now.Add(s.opts.ReadTimeout))
	_ = c.SetWriteDeadline(now.Add(s.opts.ReadTimeout + s.opts.AfterTimeout + s.opts.WriteTimeout))
}

// recover turns a panic into a 500, or breaks the connection off if an answer
// has begun.
func (s *Server) recover(w *witness, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
	if w.began {
		s.logFault(r, newErrorID(), err)
		panic(http.ErrAbortHandler)
	}
	s.problem(w, r, s.fault(r, err))
}

// witness knows whether an answer has begun.
type witness struct {
	http.ResponseWriter
	began bool
}

func (w *witness) WriteHeader(status int) {
	w.began = w.began || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *Server) crossOrigin() (*http.CrossOriginProtection, error) {
	p := http.NewCrossOriginProtection()
	for _, o := range s.opts.TrustedOrigins {
		if err := p.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("live: Options.TrustedOrigins: %w", err)
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, &Problem{
			Status: http.StatusForbidden, Code: "cross_origin",
			Detail: "this request was sent by a page of another origin, which may not change anything here",
		})
	}))
	return p, nil
}
