package live

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"
)

// servePage answers with the whole document, rendered at the position that its
// feed goes on from. It changes nothing; the session it may start is a cookie.
func (v *view[S, P]) servePage(w http.ResponseWriter, r *http.Request) {
	s := v.server
	at, err := v.spotOf(r)
	if err != nil {
		s.problem(w, r, s.problemOf(r, err))
		return
	}
	s.waitFor(r.Context(), afterOf(r))
	at.session = s.StartSession(w, r)
	h := v.enter(at)
	f := h.current()
	v.exit(at.place, h)

	ctx := withNonce(w, r)
	d := Document{
		Title:   f.title,
		FeedURL: v.feedURL(at, f.id),
		Nonce:   templ.GetNonce(ctx),
		Session: at.session,
		Content: raw(f.html),
	}
	document := v.Document
	if document == nil {
		document = s.opts.Document
	}
	status := http.StatusOK
	if f.failed {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	s.page(ctx, w, r, status, document(d))
}

// page renders a component before it writes anything, so that an error can
// still be an answer.
func (s *Server) page(ctx context.Context, w http.ResponseWriter, r *http.Request, status int, c templ.Component) {
	buf := s.buffers.Get().(*bytes.Buffer)
	defer s.release(buf)
	if err := c.Render(ctx, buf); err != nil {
		buf.Reset()
		p := s.fault(r, err)
		p.Title = http.StatusText(p.Status)
		status = p.Status
		_ = barePage(p).Render(ctx, buf) // writes to memory
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the client is gone: nobody to tell
}

func (s *Server) problemPage(w http.ResponseWriter, r *http.Request, p *Problem) {
	s.page(withNonce(w, r), w, r, p.Status, s.opts.ErrorPage(p))
}

func raw(html []byte) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(html)
		return err
	})
}
