package live

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/zstd"

	"ironstar.dev"
	"ironstar.dev/live/internal/delta"
)

// frame is a rendered state. Several goroutines share it, and it never changes,
// except that its forms for sending are made when they are first needed.
type frame struct {
	number uint64 // counts the frames of its hub: 1, 2, 3 …
	id     feedID
	html   []byte // the live element
	event  []byte // html as a patch event, with its id
	title  string
	forms  []string // ids of the forms in html

	changed  ironstar.Position // when the state last changed
	revision atomic.Uint64     // of its reader, see Revised; grows while the frame shows the same
	failed   bool              // html is an error message
	readErr  error             // why the state could not be read

	differences [codings][]byte // from the frame before; nil if there is none
	reach       int             // how many bytes back they refer at most
	fulls       [codings]struct {
		once sync.Once
		fullFrame
	}
	contents [codings]struct { // html, for documents
		once  sync.Once
		bytes []byte
	}
	encoder func() *zstd.Encoder

	holders atomic.Int32 // hubs and writes that hold it
	budget  *budget      // Options.FeedBytes
}

// hold counts the frame against the budget. Each call needs one call of drop.
func (f *frame) hold() {
	if f.holders.Add(1) == 1 {
		f.budget.add(f.size())
	}
}

func (f *frame) drop() {
	if f.holders.Add(-1) == 0 {
		f.budget.add(-f.size())
	}
}

// size estimates the bytes that a frame holds: its event, and its forms for
// sending, which HTML makes small.
func (f *frame) size() int { return 2*len(f.event) + 1<<10 }

// newFrame stores html only once if the event contains it unchanged.
func newFrame(id feedID, title string, html []byte, encoder func() *zstd.Encoder, b *budget) *frame {
	f := &frame{id: id, title: title, encoder: encoder, budget: b}
	f.event = PatchElements{Event: Event{ID: id.String()}, Elements: html}.Append(make([]byte, 0, len(html)+128))
	if at := bytes.Index(f.event, html); at >= 0 {
		f.html = f.event[at : at+len(html)]
	} else {
		f.html = bytes.Clone(html)
	}
	return f
}

// codeDifference codes the difference from the last frame. It sets none if the
// difference is not shorter than the full frame.
func (f *frame) codeDifference(last *frame, c coding) {
	var difference []byte
	switch c {
	case zstandard:
		difference = delta.AppendZstd(nil, last.event, f.event)
	case gzipped:
		if len(last.event) > delta.DeflateWindow {
			return // it would take long, and come out as long as the full frame
		}
		difference = delta.AppendDeflate(nil, last.event, f.event)
	}
	const small = 1 << 10 // below this the full frame is not made for comparison
	if len(difference) > small && len(difference) >= len(f.full(c).bytes) {
		return
	}
	f.differences[c], f.reach = bytes.Clone(difference), len(last.event)+len(f.event)
}

// full returns the frame in full. It makes it once, for all connections.
func (f *frame) full(c coding) fullFrame {
	w := &f.fulls[c]
	w.once.Do(func() {
		if c == zstandard {
			w.fullFrame = zstdFull(f.encoder(), f.event)
		} else {
			w.fullFrame = fullFrame{bytes: deflateBlocks(f.event)}
		}
	})
	return w.fullFrame
}

// content returns the live element as blocks that refer to nothing else. It makes
// them once, for all documents that show this frame.
func (f *frame) content(c coding) []byte {
	w := &f.contents[c]
	w.once.Do(func() {
		if c == zstandard {
			w.bytes = zstdBlocks(f.encoder(), f.html)
		} else {
			w.bytes = deflateBlocks(f.html)
		}
	})
	return w.bytes
}
