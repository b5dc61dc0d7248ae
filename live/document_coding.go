package live

import (
	"bytes"
	"hash/crc32"

	"ironstar.dev/live/internal/delta"
)

// codedDocument is a document as it travels, in a coding other than identity.
// Only the content is compressed: once for each state, by itself, and without
// secrets of a session (G14). Everything around it, such as the nonce, tokens and
// what only this session sees, stands uncompressed before and after it. So the
// length of an answer does not depend on whether a text that somebody else
// wrote equals a secret (docs/decisions/014).
type codedDocument struct{ before, content, after []byte }

// codeDocument returns false if the document does not hold the frame's content,
// or if it would become no shorter.
func codeDocument(c coding, document []byte, f *frame) (d codedDocument, ok bool) {
	at := bytes.Index(document, f.html)
	if at < 0 {
		return d, false
	}
	before, after := document[:at], document[at+len(f.html):]
	d.content = f.content(c)
	switch c {
	case zstandard:
		d.before = delta.AppendZstdStored(delta.AppendZstdHeader(room(before), windowFor(len(f.html))), before)
		d.after = append(delta.AppendZstdStored(room(after), after), delta.LastBlock...)
	case gzipped:
		d.before = delta.AppendDeflateStored(append(room(before), gzipHeader...), before)
		d.after = delta.AppendDeflateStored(room(after), after)
		d.after = appendGzipEnd(d.after, crc32.ChecksumIEEE(document), uint32(len(document)))
	default:
		return d, false
	}
	return d, d.size() < len(document)
}

// room returns an empty slice with room for a text that is stored.
func room(text []byte) []byte { return make([]byte, 0, len(text)+len(text)>>12+64) }

func (d codedDocument) size() int { return len(d.before) + len(d.content) + len(d.after) }
