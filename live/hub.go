package live

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"runtime/debug"
	"sync"

	"github.com/a-h/templ"

	"ironstar.dev"
)

// LiveID is the id of the element around a page's content. Feeds patch this
// element and nothing else.
const LiveID = "live"

// frame is a rendered state. It is shared and never changes.
type frame struct {
	id    feedID
	html  []byte // the live element
	event []byte // the same as a patch, with its id
	title string

	changed ironstar.Position // the state's
	failed  bool              // html says that something went wrong
	stuck   error             // why there is no state at all
}

// hub renders one place for all who look at it. It has no goroutine: who needs
// a new frame first renders it, the others find it there, and the one before
// goes when its last writer is done with it. A hub lives as long as somebody
// looks.
type hub struct {
	users int // guarded by view.mu

	mu   sync.Mutex
	last *frame // guarded by mu
}

// join returns the hub of a place, and what to call when it is no longer
// needed. What is rendered for one session has a hub of its own (G14).
func (v *view[S, P]) join(at place) (*hub, func()) {
	if v.SessionPage != nil {
		return &hub{}, func() {}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.hubs[at]
	if h == nil {
		h = &hub{}
		v.hubs[at] = h
	}
	h.users++
	return h, func() { v.leave(at, h) }
}

func (v *view[S, P]) leave(at place, h *hub) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if h.users--; h.users == 0 {
		delete(v.hubs, at)
	}
}

// frame returns the current state, rendered. Whatever goes wrong is a frame
// that says so.
func (v *view[S, P]) frame(h *hub, at spot[P]) *frame {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := v.Reader.Read(at.key, func(state S, changed, _ ironstar.Position) error {
		if h.last != nil && h.last.changed == changed && h.last.stuck == nil {
			return nil
		}
		f, err := v.render(state, changed, at)
		if err != nil {
			f = v.failure(at, err)
		}
		f.changed = changed
		h.last = f
		return nil
	})
	if err != nil && (h.last == nil || h.last.stuck == nil || h.last.stuck.Error() != err.Error()) {
		h.last = v.failure(at, err)
		h.last.stuck = err
	}
	return h.last
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
	f := &frame{title: title}
	f.html = append(f.html, `<div id="`+LiveID+`">`...)
	// HTML has no NUL, and a text that holds one must not make a page invalid.
	content = bytes.ReplaceAll(content, []byte{0}, []byte("\ufffd"))
	f.html = append(append(f.html, content...), "</div>"...)
	o := v.server.opts
	f.id = feedID{changed, tagOf(o.LogID, o.Build, v.Fingerprint, v.Name, at.key, at.canonical, string(f.html))}
	f.event = PatchElements{Event: Event{ID: f.id.String()}, Elements: f.html}.Append(nil)
	return f
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
