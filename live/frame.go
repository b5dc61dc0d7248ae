package live

import (
	"bytes"
	"sync"

	"github.com/klauspost/compress/zstd"

	"ironstar.dev"
	"ironstar.dev/live/internal/delta"
)

// frame is a rendered state. It is shared and never changes, but that the forms
// in which it travels are made when they are first needed.
type frame struct {
	number uint64 // among those of its hub: 1, 2, 3 …
	id     feedID
	html   []byte // the live element
	event  []byte // the same as a patch, with its id
	title  string

	changed ironstar.Position // the state's
	failed  bool              // html says that something went wrong
	stuck   error             // why there is no state at all

	differences [codings][]byte // to the frame before; nil is none
	reach       int             // how far back they refer, at most
	wholes      [codings]struct {
		once sync.Once
		whole
	}
	encoder func() *zstd.Encoder
}

// newFrame keeps the HTML only once, if it stands in the event as it is.
func newFrame(id feedID, title string, html []byte, encoder func() *zstd.Encoder) *frame {
	f := &frame{id: id, title: title, encoder: encoder}
	f.event = PatchElements{Event: Event{ID: id.String()}, Elements: html}.Append(make([]byte, 0, len(html)+128))
	if at := bytes.Index(f.event, html); at >= 0 {
		f.html = f.event[at : at+len(html)]
	} else {
		f.html = bytes.Clone(html)
	}
	return f
}

// follow makes the frame the one after another, and codes the difference. One
// that is no shorter than the whole is none.
func (f *frame) follow(last *frame, c coding) {
	var difference []byte
	switch c {
	case zstandard:
		difference = delta.AppendZstd(nil, last.event, f.event)
	case gzipped:
		difference = delta.AppendDeflate(nil, last.event, f.event)
	}
	const small = 1 << 10 // not worth the comparison
	if len(difference) > small && len(difference) >= len(f.whole(c).bytes) {
		return
	}
	f.differences[c], f.reach = bytes.Clone(difference), len(last.event)+len(f.event)
}

// whole is the frame in full. It is made once, for all who need it.
func (f *frame) whole(c coding) whole {
	w := &f.wholes[c]
	w.once.Do(func() {
		if c == zstandard {
			w.whole = zstdWhole(f.encoder(), f.event)
		} else {
			w.whole = gzipWhole(f.event)
		}
	})
	return w.whole
}
