package live

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"ironstar.dev/engine"
)

// servePage answers with the whole document and the address of a feed that
// continues from it. It changes nothing on the server. A new session is only a
// cookie. For a refused form it answers only if the document shows it.
func (v *view[S, P]) servePage(w http.ResponseWriter, r *http.Request) {
	s, form := v.server, refusedIn(r.Context())
	a, p := v.answer(w, r, form)
	switch {
	case form != nil && (p != nil || !form.shown || a.status != form.problem.Status):
		form.shown = false
		s.drop(a)
	case p != nil:
		s.problem(w, r, p)
	case a.status != 0:
		if form != nil {
			form.problem.setHeaders(w.Header())
		}
		s.send(w, r, a)
	}
}

// answer returns the page of a request, or why there is none. If the client left
// meanwhile it returns neither.
func (v *view[S, P]) answer(w http.ResponseWriter, r *http.Request, form *refused) (htmlAnswer, *Problem) {
	s := v.server
	at, err := v.targetOf(r)
	if err != nil {
		return htmlAnswer{}, s.problemOf(r, err)
	}
	if s.pages.full() {
		s.logNoRoom()
		return htmlAnswer{}, noRoomProblem("Too many pages are being sent. Please try again.")
	}
	s.waitFor(r.Context(), afterOf(r))
	at.session = s.StartSession(w, r)
	h := v.enter(at)
	f := h.current()
	v.exit(at.hubKey, h)
	if errors.Is(f.readErr, engine.ErrClosed) {
		p := closing
		return htmlAnswer{}, &p
	}
	if v.MustExist && f.changed == 0 && !f.failed {
		return htmlAnswer{}, notThere()
	}
	return v.document(w, r, at, f, form), nil
}

// document renders the whole document around a frame, and codes it as the client
// accepts it. It returns no answer if the client left meanwhile.
func (v *view[S, P]) document(w http.ResponseWriter, r *http.Request, at target[P], f *frame, form *refused) htmlAnswer {
	s := v.server
	s.pages.add(len(f.event))
	defer s.pages.add(-len(f.event)) // the answer does not need the frame
	page := v.pageURL(at)
	ctx := withScope(s.withNonce(w, r, v.Wasm), &scope{page: page, token: newToken(), refused: form})
	d := Document{
		Title:   f.title,
		FeedURL: v.feedURL(at, f.id),
		Nonce:   templ.GetNonce(ctx),
		Session: at.session,
		Content: raw(f.html),
		assets:  s.opts.Assets,
		forms:   f.forms,
	}
	var around templ.Component
	if v.Document != nil {
		around = v.Document(d, v.at(at))
	}
	if around == nil {
		around = s.opts.Document(d)
	}
	status := http.StatusOK
	switch {
	case f.failed:
		status = http.StatusInternalServerError
	case form != nil:
		status = form.problem.Status
	}
	a, ok := s.renderHTML(ctx, r, status, around)
	if !ok {
		return a
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	if !v.isCompressed() {
		return a
	}
	w.Header().Add("Vary", "Accept-Encoding")
	coding := v.coding(r)
	if coded, ok := codeDocument(coding, a.pieces[0], f); ok {
		s.release(a.buffer) // a slow client holds only what is not shared
		a = htmlAnswer{status: a.status, coding: coding, pieces: [][]byte{coded.before, coded.content, coded.after}}
	}
	return a
}

// htmlAnswer is a whole page, ready to be sent.
type htmlAnswer struct {
	status int
	coding coding
	pieces [][]byte
	buffer *bytes.Buffer // holds the pieces; nil if they have memory of their own
}

func (a htmlAnswer) size() (n int) {
	for _, piece := range a.pieces {
		n += len(piece)
	}
	return n
}

// renderHTML renders a component completely, so that an error can still become an
// answer. It returns false if the client left meanwhile.
func (s *Server) renderHTML(ctx context.Context, r *http.Request, status int, c templ.Component) (htmlAnswer, bool) {
	buf := s.buffers.Get().(*bytes.Buffer)
	if err := c.Render(ctx, buf); err != nil {
		if r.Context().Err() != nil {
			s.release(buf)
			return htmlAnswer{}, false // the client left while the component rendered; that is not an error
		}
		buf.Reset()
		p := s.fault(r, err)
		p.Title = http.StatusText(p.Status)
		status = p.Status
		_ = defaultErrorPage(p).Render(ctx, buf) // cannot fail: it writes to memory
	}
	return htmlAnswer{status: status, pieces: [][]byte{buf.Bytes()}, buffer: buf}, true
}

// drop gives back what an answer holds that is not sent.
func (s *Server) drop(a htmlAnswer) {
	if a.buffer != nil {
		s.release(a.buffer)
	}
}

func (s *Server) send(w http.ResponseWriter, r *http.Request, a htmlAnswer) {
	defer s.drop(a)
	size := a.size()
	s.pages.add(size)
	defer s.pages.add(-size)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(size))
	if a.coding != identity {
		h.Set("Content-Encoding", a.coding.String())
	}
	w.WriteHeader(a.status)
	if r.Method == http.MethodHead {
		return
	}
	for _, piece := range a.pieces {
		if _, err := w.Write(piece); err != nil {
			return // the client left
		}
	}
}

func (s *Server) problemPage(w http.ResponseWriter, r *http.Request, p *Problem) {
	ctx := withScope(s.withNonce(w, r, false), &scope{token: newToken()})
	if a, ok := s.renderHTML(ctx, r, p.Status, s.opts.ErrorPage(p)); ok {
		s.send(w, r, a)
	}
}

func raw(html []byte) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := w.Write(html)
		return err
	})
}
