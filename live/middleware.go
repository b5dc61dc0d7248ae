package live

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/a-h/templ"
)

// contentPolicy is the content security policy. Datastar compiles the
// expressions in attributes, which needs 'unsafe-eval'. Everything else is
// strict. WebAssembly is named by itself, so that a page that needs it says so, and
// keeps it where something in front of the server takes 'unsafe-eval' away.
func contentPolicy(nonce string, wasm bool) string {
	also := ""
	if nonce != "" {
		also = " 'nonce-" + nonce + "'"
	}
	compiled := ""
	if wasm {
		compiled = " 'wasm-unsafe-eval'"
	}
	return "default-src 'self'; script-src 'self' 'unsafe-eval'" + compiled + also + "; style-src 'self'" + also +
		"; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// withNonce allows inline elements that carry a fresh nonce in this answer. The
// context is for components that are rendered for this request.
func (s *Server) withNonce(w http.ResponseWriter, r *http.Request, wasm bool) context.Context {
	var raw [16]byte
	rand.Read(raw[:]) // never fails since Go 1.24
	nonce := base64.RawStdEncoding.EncodeToString(raw[:])
	w.Header().Set("Content-Security-Policy", contentPolicy(nonce, wasm))
	return templ.WithNonce(withScope(withZone(r.Context(), s.opts.Zone), &scope{}), nonce)
}

var plainPolicy = contentPolicy("", false)

// guard wraps all handlers: it sets headers and deadlines and handles panics.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", plainPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		// Plain forms need the path of the page that they came from.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		tracked := &answerWriter{ResponseWriter: w}
		defer s.recover(tracked, r)
		s.deadlines(tracked)
		if !s.reachedAs(r.Host) {
			s.refuseAddress(tracked, r, wrongHost(r))
			return
		}
		next.ServeHTTP(tracked, r)
	})
}

// deadlines limits how long a request and its answer may take. Feeds set their
// own deadlines. Some writers, such as those in tests, do not support
// deadlines.
func (s *Server) deadlines(w http.ResponseWriter) {
	now := time.Now()
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(now.Add(s.opts.ReadTimeout))
	_ = c.SetWriteDeadline(now.Add(s.opts.ReadTimeout + s.opts.AfterTimeout + s.opts.WriteTimeout))
}

// recover turns a panic into a 500. If the answer has begun it breaks the
// connection off.
func (s *Server) recover(w *answerWriter, r *http.Request) {
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

// answerWriter records whether an answer has begun.
type answerWriter struct {
	http.ResponseWriter
	began bool
}

func (w *answerWriter) WriteHeader(status int) {
	w.began = w.began || status >= 200
	w.ResponseWriter.WriteHeader(status)
}

func (w *answerWriter) Write(b []byte) (int, error) {
	w.began = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the writer.
func (w *answerWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (s *Server) crossOrigin() (*http.CrossOriginProtection, error) {
	p := http.NewCrossOriginProtection()
	for _, o := range s.opts.TrustedOrigins {
		if err := p.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("live: Options.TrustedOrigins: %w", err)
		}
	}
	p.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuseAddress(w, r, crossOrigin())
	}))
	return p, nil
}
