package live

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"ironstar.dev"
)

// feedID says what a page shows: the state of its view that was reached at a
// position, and a tag that is the same only as long as that state is rendered
// to the same bytes. As text it is "<position>.<tag>".
type feedID struct {
	position ironstar.Position
	tag      string
}

const tagDigits = 16 // hexadecimal

// parseFeedID reads what a client sent. Anything but the form that String
// writes is not an id.
func parseFeedID(s string) (feedID, bool) {
	digits, tag, found := strings.Cut(s, ".")
	if !found || len(tag) != tagDigits || digits == "" || len(digits) > 19 {
		return feedID{}, false
	}
	for _, c := range []byte(tag) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return feedID{}, false
		}
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return feedID{}, false
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || digits[0] == '0' && len(digits) > 1 {
		return feedID{}, false
	}
	return feedID{ironstar.Position(n), tag}, true
}

func (id feedID) String() string {
	return strconv.FormatInt(int64(id.position), 10) + "." + id.tag
}

// shows says that a page with this id already shows current: nothing that
// concerns it came later, and log, build, view, parameters and content are the
// same. An id beyond the head is of a log that this one is an older copy of.
func (id feedID) shows(current feedID, head ironstar.Position) bool {
	return id.tag == current.tag && current.position <= id.position && id.position <= head
}

// tagOf hashes what decides on a feed's bytes, each part with its length.
//
// The rendered content is among it. Log, build and fingerprint alone would not
// notice that a log was replaced by an older copy and then grew beyond the
// position that a page remembers.
func tagOf(parts ...string) string { return tagOfContent(nil, parts...) }

// tagOfContent hashes content, too, if that is not nil: last, as one more part.
func tagOfContent(content []byte, parts ...string) string {
	h := sha256.New()
	var part []byte
	for _, p := range parts {
		part = append(appendLength(part[:0], len(p)), p...)
		h.Write(part)
	}
	if content != nil {
		h.Write(appendLength(part[:0], len(content)))
		h.Write(content)
	}
	return hex.EncodeToString(h.Sum(nil))[:tagDigits]
}

func appendLength(b []byte, n int) []byte { return append(strconv.AppendInt(b, int64(n), 10), ' ') }
