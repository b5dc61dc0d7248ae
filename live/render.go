package live

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"runtime/debug"

	"ironstar.dev"
	"ironstar.dev/engine"
)

// LiveID is the id of the element around a page's content. Feeds patch this
// element and nothing else.
const LiveID = "live"

// enter returns the hub of a state. The caller calls exit afterwards. A page of
// one session gets a hub of its own (G14).
func (v *view[S, P]) enter(at target[P]) *hub {
	if v.PerSession {
		return v.newHub(at)
	}
	at.session = Session{} // a shared page must not see the session of its first visitor
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.hubs[at.hubKey]
	if h == nil {
		h = v.newHub(at)
		v.hubs[at.hubKey] = h
	}
	h.users++
	return h
}

func (v *view[S, P]) exit(at hubKey, h *hub) {
	if v.PerSession {
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

func (v *view[S, P]) newHub(at target[P]) *hub {
	return &hub{
		nextFrame: func(last *frame) *frame { return v.nextFrame(at, last) },
		notify:    func(changed func()) (func(), error) { return v.readerOf(at).Notify(at.key, changed) },
		interval:  v.MinInterval, keepAlive: v.server.opts.KeepAlive,
	}
}

// nextFrame returns the current state rendered, or last if that still is the current
// one. An error becomes a frame with an error message.
func (v *view[S, P]) nextFrame(at target[P], last *frame) *frame {
	next := last
	reader, revision := v.readerOf(at), uint64(0)
	if r, ok := reader.(Revised); ok {
		revision = r.Revision() // before the state is read, so that it is not too new
	}
	err := reader.Read(at.key, func(state S, changed, _ ironstar.Position) error {
		if last != nil && last.changed == changed && last.revision.Load() == revision && last.readErr == nil {
			return nil
		}
		if v.MustExist && changed == 0 { // Page may expect what the first event sets
			next = v.newFrame(at, 0, v.Name, nil)
			return nil
		}
		f, err := v.render(state, changed, at)
		if err != nil {
			f = v.failure(at, err)
		}
		if last != nil && last.id == f.id && last.readErr == nil {
			last.revision.Store(revision)
			return nil
		}
		f.changed = changed
		f.revision.Store(revision)
		next = f
		return nil
	})
	if err != nil && (last == nil || last.readErr == nil || last.readErr.Error() != err.Error()) {
		next = v.failure(at, err)
		next.readErr = err
	}
	return next
}

// render runs under the lock of the key. A panic is an error of this page only.
// The context is a new one: it has a zone and ids for forms, but no request, session
// or nonce.
func (v *view[S, P]) render(state S, changed ironstar.Position, at target[P]) (f *frame, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("render %s %q at %d: panic: %v\n%s", v.Name, at.key, changed, p, debug.Stack())
		}
	}()
	buf := v.server.buffers.Get().(*bytes.Buffer)
	defer v.server.release(buf)
	forms := &scope{prefix: "live-"}
	ctx := withScope(withZone(context.Background(), v.server.opts.Zone), forms)
	if err := v.Page(state, v.at(at)).Render(ctx, buf); err != nil {
		return nil, fmt.Errorf("render %s %q at %d: %w", v.Name, at.key, changed, err)
	}
	title := v.Name
	if v.Title != nil {
		title = v.Title(state, v.at(at))
	}
	f = v.newFrame(at, changed, title, buf.Bytes())
	f.forms = forms.formIDs()
	return f, nil
}

func (v *view[S, P]) newFrame(at target[P], changed ironstar.Position, title string, content []byte) *frame {
	buf := v.server.buffers.Get().(*bytes.Buffer)
	defer v.server.release(buf)
	buf.WriteString(`<div id="` + LiveID + `" data-live-title="` + html.EscapeString(title) + `">`)
	// HTML must not contain NUL.
	if bytes.IndexByte(content, 0) >= 0 {
		content = bytes.ReplaceAll(content, []byte{0}, []byte("\ufffd"))
	}
	buf.Write(content)
	buf.WriteString("</div>")
	o := &v.server.opts
	id := feedID{changed, tagOfContent(buf.Bytes(), o.LogID, o.Build, v.Fingerprint, v.Name, at.key, at.query)}
	return newFrame(id, title, buf.Bytes(), v.server.encoder, &v.server.frames)
}

// failure returns the frame of a state that cannot be shown. Its position is 0,
// so that every later frame is sent.
func (v *view[S, P]) failure(at target[P], err error) *frame {
	id := newErrorID()
	level := slog.LevelError
	if errors.Is(err, engine.ErrClosed) { // expected while the server ends
		level = slog.LevelDebug
	}
	v.server.opts.Logger.Log(context.Background(), level, "page cannot be shown", "id", id, "view", v.Name, "key", at.key, "err", err)
	text := "This cannot be shown at the moment. The cause is in the log under " + id + "."
	f := v.newFrame(at, 0, v.Name, []byte(`<p role="alert">`+html.EscapeString(text)+`</p>`))
	f.failed = true
	return f
}

// maxPooled is the size of the largest buffer that is reused.
const maxPooled = 1 << 20

func (s *Server) release(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooled {
		buf.Reset()
		s.buffers.Put(buf)
	}
}
