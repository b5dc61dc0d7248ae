package live

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"

	"ironstar.dev"
)

// Session identifies one browser. The first page sets it as a cookie. The
// server stores nothing about it.
type Session struct {
	// ID is a hash of the secret in the cookie, so it may be logged, stored and
	// shown. It is "" without a session.
	ID string

	token string
}

// tokenBytes is the entropy of a session's secret.
const tokenBytes = 32

// Address returns a stable address for this session that nobody can guess.
// Somebody who gets the address cannot derive the session from it. Different labels
// give different addresses. Without a session the address is random.
func (s Session) Address(label string) string {
	if s.token == "" {
		return ironstar.NewUUID().String()
	}
	h := sha256.Sum256([]byte("ironstar address\x00" + label + "\x00" + s.token))
	u := ironstar.UUID(h[:16])
	u[6] = u[6]&0x0f | 0x80 // version 8: custom
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

func sessionOf(token string) Session {
	h := sha256.Sum256([]byte("ironstar session\x00" + token))
	return Session{ID: hex.EncodeToString(h[:16]), token: token}
}

// cookieName has a prefix that binds the cookie to this host and path, if
// cookies can be Secure.
func (s *Server) cookieName() string {
	if s.opts.Insecure {
		return "session"
	}
	return "__Host-session"
}

// Session returns the session of a request. It returns the zero Session if
// there is none or the cookie is not a valid one.
func (s *Server) Session(r *http.Request) Session {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return Session{}
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(c.Value)
	if err != nil || len(raw) != tokenBytes {
		return Session{}
	}
	return sessionOf(c.Value)
}

// StartSession returns the session of a request and makes one if there is none.
// Call it before the first byte of the answer.
func (s *Server) StartSession(w http.ResponseWriter, r *http.Request) Session {
	if session := s.Session(r); session.ID != "" {
		return session
	}
	var raw [tokenBytes]byte
	rand.Read(raw[:]) // never fails since Go 1.24
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(), Value: token, Path: "/", MaxAge: 400 * 24 * 3600, // what browsers keep at most
		HttpOnly: true, Secure: !s.opts.Insecure, SameSite: http.SameSiteLaxMode,
	})
	return sessionOf(token)
}

// Redirect redirects requests for pattern (a path of http.ServeMux, "/{$}" for
// the root) to an address that depends on their session.
func (s *Server) Redirect(pattern string, to func(Session) string) {
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, to(s.StartSession(w, r)), http.StatusFound)
	})
}
