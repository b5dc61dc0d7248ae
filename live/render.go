package live

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"runtime/debug"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// LiveID is the id of the element around a page's content. Feeds patch this
// element and nothing else.
const LiveID = "live"

// enter returns the hub of a place, which must be left again. What is rendered
// for one session has a hub of its own (G14).
func (v *view[S, P]) enter(at spot[P]) *hub {
	if v.SessionPage != nil {
		return v.newHub(at)
	}
	at.session = Session{} // it would be that of who comes first
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.hubs[at.place]
	if h == nil {
		h = v.newHub(at)
		v.hubs[at.place] = h
	}
	h.users++
	return h
}

func (v *view[S, P]) exit(at place, h *hub) {
	if v.SessionPage != nil {
		h.end()
		return
	}
	v.mu.Lock()
	h.users--
	unused := h.users == 0
	if unused {
		delete(v.hubs, at)
	}
	v.mu.Unlock()
	if unused {
		h.end()
	}
}

func (v *view[S, P]) newHub(at spot[P]) *hub {
	return &hub{
		look:     func(last *frame) *frame { return v.look(at, last) },
		notify:   func(changed func()) (func(), error) { return v.Reader.Notify(at.key, changed) },
		interval: v.MinInterval, keepAlive: v.server.opts.KeepAlive,
	}
}

// look returns the current state, rendered: the last frame, if that still is it.
// Whatever goes wrong is a frame that says so.
func (v *view[S, P]) look(at spot[P], last *frame) *frame {
	next := last
	err := v.Reader.Read(at.key, func(state S, changed, _ ironstar.Position) error {
		if last != nil && last.changed == changed && last.stuck == nil {
			return nil
		}
		f, err := v.render(state, changed, at)
		if err != nil {
			f = v.failure(at, err)
		}
		f.changed = changed
		next = f
		return nil
	})
	if err != nil && (last == nil || last.stuck == nil || last.stuck.Error() != err.Error()) {
		next = v.failure(at, err)
		next.stuck = err
	}
	return next
}

// render runs under the lock of the key. A panic of a page is an error of that
// page only. The context is a fresh one: no request, session or nonce is in it.
func (v *view[S, P]) render(state S, changed ironstar.Position, at spot[P]) (f *frame, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("render %s %q at %d: panic: %v\n%s", v.Name, at.key, changed, p, debug.Stack())
		}
	}()
	buf := v.server.buffers.Get().(*bytes.Buffer)
	defer v.server.release(buf)
	var c templ.Component
	if v.SessionPage != nil {
		c = v.SessionPage(state, at.params, at.session)
	} else {
		c = v.Page(state, at.params)
	}
	if err := c.Render(context.Background(), buf); err != nil {
		return nil, fmt.Errorf("render %s %q at %d: %w", v.Name, at.key, changed, err)
	}
	title := v.Name
	if v.Title != nil {
		title = v.Title(state, at.params)
	}
	return v.newFrame(at, changed, title, buf.Bytes()), nil
}

func (v *view[S, P]) newFrame(at spot[P], changed ironstar.Position, title string, content []byte) *frame {
	buf := v.server.buffers.Get().(*bytes.Buffer)
	defer v.server.release(buf)
	buf.WriteString(`<div id="` + LiveID + `">`)
	// HTML has no NUL, and a text that holds one must not make a page invalid.
	if bytes.IndexByte(content, 0) >= 0 {
		content = bytes.ReplaceAll(content, []byte{0}, []byte("\ufffd"))
	}
	buf.Write(content)
	buf.WriteString("</div>")
	o := &v.server.opts
	id := feedID{changed, tagOfContent(buf.Bytes(), o.LogID, o.Build, v.Fingerprint, v.Name, at.key, at.canonical)}
	return newFrame(id, title, buf.Bytes(), v.server.encoder)
}

// failure is the frame of a state that cannot be shown. Its position is 0, so
// that whatever comes after it is sent.
func (v *view[S, P]) failure(at spot[P], err error) *frame {
	id := newErrorID()
	v.server.opts.Logger.Error("page cannot be shown", "id", id, "view", v.Name, "key", at.key, "err", err)
	text := "This cannot be shown at the moment. The log knows more under " + id + "."
	f := v.newFrame(at, 0, v.Name, []byte(`<p role="alert">`+html.EscapeString(text)+`</p>`))
	f.failed = true
	return f
}

// maxPooled is the largest buffer that is kept for the next rendering.
const maxPooled = 1 << 20

func (s *Server) release(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buf.Reset()
		s.buffers.Put(buf)
	}
}
