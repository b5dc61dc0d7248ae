package live

import (
	"crypto/sha256"

	"ironstar.dev"
)

// NewID stands for the id of a stream that does not exist yet, in the address of a
// command: todohttp.ListAddURL(live.NewID). The server makes the id, a UUID, from
// the id of the command, so a command that is sent again has the same stream. The
// answer has its page, if a view by stream has one, in the header Location: the
// client and browsers go there, except from a form with [Stay].
const NewID = "_new"

// newStreamID returns the id of the stream that a command makes. Without a command
// id it is random.
func newStreamID(kind, command string) string {
	if command == "" {
		return ironstar.NewUUID().String()
	}
	sum := sha256.Sum256([]byte(kind + "\x00" + command))
	id := ironstar.UUID(sum[:16])
	id[6] = id[6]&0x0f | 0x80 // version 8: RFC 9562, section 5.8
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
