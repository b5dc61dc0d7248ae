package live

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"ironstar.dev"
)

// feedID identifies what a page shows. position is where its view's state last
// changed. tag is a hash of the rendered bytes and all that they depend on. As
// text it is "<position>.<tag>".
type feedID struct {
	position ironstar.Position
	tag      string
}

const tagDigits = 16 // hexadecimal

// parseFeedID reads what a client sent. It accepts only the form that String
// writes.
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

// shows reports whether a page with this id shows the current state: the tag is
// the same and the state has not changed after id.position. A position beyond
// the head belongs to another log, of which this one is an older copy.
func (id feedID) shows(current feedID, head ironstar.Position) bool {
	return id.tag == current.tag && current.position <= id.position && id.position <= head
}

// tagOf hashes what a feed's bytes depend on, each part with its length.
//
// The rendered content is one of the parts. Log, build and fingerprint alone
// would miss a log that was replaced by an older copy and then grew beyond the
// position that a page remembers.
func tagOf(parts ...string) string { return tagOfContent(nil, parts...) }

// tagOfContent also hashes content, as the last part, if it is not nil.
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
