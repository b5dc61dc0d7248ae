package live

import (
	"context"
	"net/http"
	"net/url"
)

// refused is a plain form that the server did not take. Its page is rendered
// again, and shows what was typed and what is wrong with it.
type refused struct {
	problem   *Problem
	action    *url.URL // the address that it was sent to
	form      string   // the id of the form
	shown     bool     // the document has the form
	focused   bool     // a field has the focus, or the next control gets it
	focusNext bool     // the first control of a group that is wrong gets it
	names     []string // of what was sent, in order; set when it is asked for
}

type refusedKey struct{}

// refusedIn returns the refused form for which a page is rendered, or nil.
func refusedIn(ctx context.Context) *refused {
	f, _ := ctx.Value(refusedKey{}).(*refused)
	return f
}

// isOf reports whether a form with this id and address is the refused one.
func (f *refused) isOf(id, action string) bool {
	if f == nil || f.shown || f.form != id {
		return false
	}
	u, err := f.action.Parse(action)
	return err == nil && u.Path == f.action.Path && u.RawQuery == f.action.RawQuery
}

// showRefused answers a plain form that was refused with the page that it was sent
// from: with what was typed, and the errors in their places. It returns false, and
// answers nothing, if that is not a page of a view, or if its document does not
// have the form.
func (s *Server) showRefused(w http.ResponseWriter, r *http.Request, q *request, p *Problem) bool {
	ours := p.Status == http.StatusUnprocessableEntity || p.Status == http.StatusConflict
	id := q.form.Get(formField)
	page, known := localAddress(q.form.Get(ReturnField))
	if !ours || id == "" || !known || !wantsPage(r) {
		return false
	}
	form := &refused{problem: p, action: r.URL, form: id}
	load, ok := s.pageRequest(r, page, form)
	if !ok {
		return false
	}
	s.mux.ServeHTTP(w, load)
	return form.shown
}

// pageRequest returns the request for a page of a view, from the browser that sent
// a form.
func (s *Server) pageRequest(r *http.Request, page string, form *refused) (*http.Request, bool) {
	u, err := url.Parse(page)
	if err != nil || !isPlainPath(u) {
		return nil, false
	}
	load := r.Clone(context.WithValue(r.Context(), refusedKey{}, form))
	load.Method, load.URL, load.RequestURI = http.MethodGet, u, u.RequestURI()
	load.Body, load.ContentLength = http.NoBody, 0
	for _, ofBody := range []string{"Content-Type", "Content-Length"} {
		load.Header.Del(ofBody)
	}
	_, pattern := s.mux.Handler(load)
	return load, s.views[pattern]
}
